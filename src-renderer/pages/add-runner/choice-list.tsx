import type { ReactNode } from 'react';
import './choice-list.css';

export interface ListChoice<V extends string | number> {
  value: V;
  title: string;
  detail: string;
  icon?: ReactNode;
  /** At the right end: "Default". */
  end?: string;
}
interface ChoiceListProps<V extends string | number> {
  label: string;
  /** Cards in two columns, for choices that deserve a second line. */
  isCards?: boolean;
  value: V;
  choices: readonly ListChoice<V>[];
  onChange: (value: V) => void;
}

/** One of a few that need a word each; arrows move, as in every group of radio buttons. */
export const ChoiceList = <V extends string | number>({
  label,
  isCards,
  value,
  choices,
  onChange,
}: ChoiceListProps<V>) => (
  <fieldset className={isCards ? 'choices is-cards' : 'choices'}>
    <legend className="visually-hidden">{label}</legend>
    {choices.map((choice, i) => (
      // An odd number of cards gives the first one the whole row.
      <label
        key={choice.value}
        className={isCards && i === 0 && choices.length % 2 === 1 ? 'choice is-wide' : 'choice'}
      >
        {choice.icon}
        <span className="choice-words">
          <span className="medium">{choice.title}</span>
          <span className="text-2">{choice.detail}</span>
        </span>
        {choice.end === undefined ? null : <span className="text-2 text-xs">{choice.end}</span>}
        <input type="radio" name={label} checked={choice.value === value} onChange={() => onChange(choice.value)} />
      </label>
    ))}
  </fieldset>
);

import type { ReactNode } from 'react';
import './segmented.css';

export interface Choice<V extends string> {
  value: V;
  label: ReactNode;
  /** Stands after the label in the caption colour. */
  count?: number;
  disabledReason?: string;
}
interface SegmentedProps<V extends string> {
  label: string;
  value: V;
  choices: readonly Choice<V>[];
  onChange: (value: V) => void;
  /** Fills the width of its place, each choice alike. */
  isWide?: boolean;
}

/** One of a few, chosen by fill and not by colour. */
export const Segmented = <V extends string>({ label, value, choices, onChange, isWide }: SegmentedProps<V>) => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a control
  <div className={isWide ? 'segmented is-wide' : 'segmented'} role="group" aria-label={label}>
    {choices.map((choice) => (
      <button
        key={choice.value}
        type="button"
        aria-pressed={choice.value === value}
        aria-disabled={choice.disabledReason === undefined ? undefined : true}
        title={choice.disabledReason}
        onClick={() => choice.disabledReason === undefined && onChange(choice.value)}
      >
        {choice.label}
        {choice.count === undefined ? null : <small>{choice.count}</small>}
      </button>
    ))}
  </div>
);

import { Popover } from '@base-ui/react/popover';
import { Check, ChevronDown, Search } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { ChoiceFrame, type ChoiceLook } from './choice-frame.tsx';
import './popup.css';
import './search-select.css';

export interface SearchOption {
  value: string;
  label: string;
  icon?: ReactNode;
  /** Quiet text at the end. */
  detail?: string;
}
interface SearchSelectProps extends ChoiceLook {
  isSmall?: boolean;
  icon?: ReactNode;
  placeholder: string;
  value: string;
  /** The chosen one in words. */
  valueText: string;
  text: string;
  /** What was found for the text, few and the best first. */
  options: readonly SearchOption[];
  /** Below the list: that more match, that none does, or what went wrong. */
  note?: string | undefined;
  onType: (text: string) => void;
  onChange: (value: string) => void;
}

interface Results extends Pick<SearchSelectProps, 'label' | 'value' | 'options' | 'placeholder' | 'text' | 'note'> {
  onType: (text: string) => void;
  onChoose: (value: string) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

/** The field and what was found; the focus stays in the field, the arrows move the mark. */
const SearchResults = ({ label, value, options, placeholder, text, note, onType, onChoose }: Results) => {
  const id = useId();
  const [at, setAt] = useState(0);
  const marked = Math.min(at, options.length - 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text finds others, the first of which is meant
  useEffect(() => setAt(0), [text]);
  useEffect(() => {
    if (marked >= 0) document.getElementById(`${id}-${marked}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, marked]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const option = options[marked];
    if (step !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(options.length - 1, marked + step)));
    } else if (event.key === 'Enter' && option !== undefined) {
      event.preventDefault();
      onChoose(option.value);
    }
  };
  return (
    <>
      <span className="input is-small">
        <Search size={14} aria-hidden="true" />
        <input
          type="search"
          role="combobox"
          aria-label={`Search: ${label}`}
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={`${id}-list`}
          aria-activedescendant={marked < 0 ? undefined : `${id}-${marked}`}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => onType(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </span>
      <div id={`${id}-list`} className="search-select-list" role="listbox" aria-label={label}>
        {options.map((option, i) => (
          <div
            key={option.value}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === marked}
            className="popup-item"
            onPointerMove={() => setAt(i)}
            onClick={() => onChoose(option.value)}
            onKeyDown={onKeyDown}
          >
            {option.icon}
            <span className="truncate">{option.label}</span>
            <span className="push text-3 text-xs">{option.detail}</span>
            {option.value === value ? <Check size={14} aria-label="Chosen" /> : null}
          </div>
        ))}
      </div>
      <div className="search-select-note text-3 text-xs" aria-live="polite">
        {note}
      </div>
    </>
  );
};

/** One of very many: a button that opens a field to search in; whoever uses it does the finding. */
export const SearchSelect = (props: SearchSelectProps) => {
  const { isSmall, icon, valueText, onType, onChange } = props;
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const turn = (open: boolean) => {
    setOpen(open);
    if (open) onType('');
  };
  return (
    <ChoiceFrame {...props} labelId={`${id}-label`}>
      <Popover.Root open={isOpen} onOpenChange={turn}>
        <Popover.Trigger
          className={isSmall ? 'button is-default is-small search-select' : 'input search-select'}
          aria-labelledby={`${id}-label ${id}-value`}
          data-invalid={props.error === undefined ? undefined : true}
        >
          {icon}
          <span id={`${id}-value`} className="grow truncate">
            {valueText}
          </span>
          <ChevronDown size={14} aria-hidden="true" />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner className="popup-positioner" sideOffset={4} align="start">
            <Popover.Popup className="popup search-select-popup" aria-label={props.label}>
              <SearchResults
                {...props}
                onChoose={(value) => {
                  onChange(value);
                  turn(false);
                }}
              />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </ChoiceFrame>
  );
};

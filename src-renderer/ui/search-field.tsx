import { Search } from 'lucide-react';
import type { RefObject } from 'react';
import { KeyCaps } from './key-caps.tsx';
import './field.css';

interface SearchFieldProps {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  ref?: RefObject<HTMLInputElement | null>;
  width?: number;
}

/** A filter as one types; `/` focuses it where the page binds that key, Escape empties it. */
export const SearchField = ({ label, placeholder, value, onChange, ref, width = 240 }: SearchFieldProps) => (
  <span className="input is-small" style={{ width, flex: 'none' }}>
    <Search size={14} aria-hidden="true" />
    <input
      ref={ref}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        if (value === '') event.currentTarget.blur();
        else onChange('');
      }}
    />
    {value === '' ? <KeyCaps keys={['/']} /> : null}
  </span>
);

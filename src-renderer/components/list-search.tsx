import { useRef } from 'react';
import { useCommand } from '../keyboard/use-command.ts';
import { SearchField } from '../ui/search-field.tsx';
import { useTypedFilter } from './use-typed-filter.ts';

interface ListSearchProps {
  label: string;
  placeholder: string;
  width: number;
  /** The filter of the address, see `useTypedFilter`. */
  value: string;
  onChange: (text: string) => void;
  prepare: (text: string, signal: AbortSignal) => Promise<unknown>;
}

/** The text filter of a list, and the key that leads to it. A letter draws this field alone. */
export const ListSearch = ({ value, onChange, prepare, ...field }: ListSearchProps) => {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useTypedFilter(value, onChange, prepare);
  useCommand('filter', () => input.current?.focus());
  return <SearchField ref={input} value={text} onChange={setText} {...field} />;
};

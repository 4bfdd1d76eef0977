import { useEffect, useState } from 'react';
import { formatSpan } from '../../format/duration.ts';
import { parseSpan } from './parse-span.ts';

interface SpanInputProps {
  label: string;
  /** Null shows an empty field. */
  valueMs: number | null;
  minMs: number;
  maxMs: number;
  /** An empty field means null, where this is given; else it is wrong. */
  emptyWords?: string;
  onChange: (valueMs: number | null) => void;
}
const textOf = (ms: number | null) => (ms === null ? '' : formatSpan(ms));

/** A span inside a sentence: `45 s`, `10 min`. What is no span is marked and changes nothing. */
export const SpanInput = ({ label, valueMs, minMs, maxMs, emptyWords, onChange }: SpanInputProps) => {
  const [text, setText] = useState(textOf(valueMs));
  const [isWrong, setWrong] = useState(false);
  useEffect(() => {
    setText(textOf(valueMs));
    setWrong(false);
  }, [valueMs]);
  const type = (next: string) => {
    setText(next);
    if (next.trim() === '' && emptyWords !== undefined) {
      setWrong(false);
      return;
    }
    const ms = parseSpan(next);
    setWrong(ms === null || ms < minMs || ms > maxMs);
  };
  /** Taken over when the field is left or Enter is pressed: half of a number is no rule. */
  const commit = () => {
    if (text.trim() === '' && emptyWords !== undefined) return onChange(null);
    const ms = parseSpan(text);
    if (ms !== null && ms >= minMs && ms <= maxMs) onChange(ms);
    else setText(textOf(valueMs));
    setWrong(false);
  };
  return (
    <span className="input is-small span-input" data-invalid={isWrong || undefined}>
      <input
        aria-label={label}
        aria-invalid={isWrong || undefined}
        title={isWrong ? `From ${formatSpan(minMs)} to ${formatSpan(maxMs)}, like 45 s or 10 min` : undefined}
        placeholder={emptyWords}
        value={text}
        onChange={(event) => type(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') {
            event.stopPropagation();
            setText(textOf(valueMs));
            setWrong(false);
          }
        }}
      />
    </span>
  );
};

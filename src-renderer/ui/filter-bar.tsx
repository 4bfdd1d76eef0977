import { useLayoutEffect, useRef, useState } from 'react';
import { formatCount } from '../format/number.ts';
import { StateGlyph } from './state-glyph.tsx';
import type { StateLook } from './state-vocabulary.ts';
import './filter-bar.css';

export interface Filter<V extends string> {
  value: V;
  label: string;
  look?: StateLook;
  count?: number;
}
interface FilterBarProps<V extends string> {
  label: string;
  value: V;
  filters: readonly Filter<V>[];
  /** Only the shape and the count, but for the chosen one; by itself where the words have no room. */
  isCompact?: boolean;
  onChange: (value: V) => void;
}

/** Whether the words of the filters find room; looked at anew with each size of what stands around and with other counts. */
const useFits = (content: string) => {
  const bar = useRef<HTMLDivElement>(null);
  const [fits, setFits] = useState(true);
  const [size, setSize] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other counts or another size may fit
  useLayoutEffect(() => setFits(true), [content, size]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured whenever the words have come back
  useLayoutEffect(() => {
    const { current } = bar;
    if (fits && current !== null && current.scrollWidth > current.clientWidth + 1) setFits(false);
  }, [fits, content, size]);
  useLayoutEffect(() => {
    const around = bar.current?.parentElement;
    if (around == null) return;
    const watch = new ResizeObserver(([entry]) => setSize(Math.round(entry?.contentRect.width ?? 0)));
    watch.observe(around);
    return () => watch.disconnect();
  }, []);
  return [bar, fits] as const;
};

/** States as filters, each with its shape and its count. */
export const FilterBar = <V extends string>({
  label,
  value,
  filters,
  isCompact: isAskedCompact = false,
  onChange,
}: FilterBarProps<V>) => {
  const [bar, fits] = useFits(filters.map((filter) => `${filter.label} ${filter.count}`).join());
  const isCompact = isAskedCompact || !fits;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a control
    <div ref={bar} className="filter-bar" data-compact={isCompact || undefined} role="group" aria-label={label}>
      {filters.map((filter) => (
        <button
          key={filter.value}
          type="button"
          data-tone={filter.look?.tone}
          aria-pressed={filter.value === value}
          title={isCompact ? filter.label : undefined}
          onClick={() => onChange(filter.value)}
        >
          {filter.look === undefined ? null : <StateGlyph shape={filter.look.shape} size={14} />}
          {isCompact && filter.look !== undefined && filter.value !== value ? (
            <span className="visually-hidden">{filter.label}</span>
          ) : (
            filter.label
          )}
          {filter.count === undefined ? null : <small>{formatCount(filter.count)}</small>}
        </button>
      ))}
    </div>
  );
};

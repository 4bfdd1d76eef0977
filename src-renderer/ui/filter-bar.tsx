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
  /** Only the shape and the count, but for the chosen one. */
  isCompact?: boolean;
  onChange: (value: V) => void;
}

/** States as filters, each with its shape and its count. */
export const FilterBar = <V extends string>({
  label,
  value,
  filters,
  isCompact = false,
  onChange,
}: FilterBarProps<V>) => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a control
  <div className="filter-bar" role="group" aria-label={label}>
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
        {filter.count === undefined ? null : <small>{filter.count}</small>}
      </button>
    ))}
  </div>
);

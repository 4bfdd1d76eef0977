import type { ReactNode } from 'react';
import type { Tone } from './tone.ts';

export interface LegendItem {
  label: string;
  mark: 'solid' | 'hatch' | ReactNode;
  tone?: Tone | 'done';
}

/** The key of a chart, in its head. */
export const ChartLegend = ({ items }: { items: readonly LegendItem[] }) => (
  <span className="chart-legend">
    {items.map((item) => (
      <span key={item.label}>
        {item.mark === 'solid' || item.mark === 'hatch' ? (
          <i className={`is-${item.mark}`} data-tone={item.tone} aria-hidden="true" />
        ) : (
          item.mark
        )}
        {item.label}
      </span>
    ))}
  </span>
);

import type { ReactNode } from 'react';
import { Sparkline } from './sparkline.tsx';
import { StateGlyph, type StateShape } from './state-glyph.tsx';
import type { Tone } from './tone.ts';
import './stat-strip.css';

export interface StatProps {
  label: string;
  value: string;
  unit?: string;
  series?: readonly number[];
  /** Instead of the curve, with the note beside it. */
  meter?: ReactNode;
  /** One qualifying line. */
  note?: ReactNode;
  /** Set only when a threshold is crossed: gives the line an icon and the curve its colour. */
  alarm?: { shape: StateShape; tone: Tone };
  /** The curve shows something else than what crossed the threshold, and stays neutral. */
  isCurveQuiet?: boolean;
}

/** One figure with its label, curve and qualifying line. */
export const Stat = ({ label, value, unit, series, meter, note, alarm, isCurveQuiet = false }: StatProps) => (
  <div className={isCurveQuiet ? 'stat is-curve-quiet' : 'stat'} data-tone={alarm?.tone}>
    <dt className="stat-label">{label}</dt>
    <dd className="stat-value">
      {value}
      {unit === undefined ? null : <small>{unit}</small>}
    </dd>
    {series === undefined ? null : <Sparkline values={series} />}
    <dd className="stat-note">
      {alarm === undefined ? null : <StateGlyph shape={alarm.shape} size={12} className="tone" />}
      {meter}
      <span className="truncate" title={typeof note === 'string' ? note : undefined}>
        {note}
      </span>
    </dd>
  </div>
);

/** Figures side by side in one frame. */
export const StatStrip = ({ label, children }: { label: string; children: ReactNode }) => (
  <section className="stat-strip" aria-label={label}>
    <dl>{children}</dl>
  </section>
);

import { StateGlyph } from './state-glyph.tsx';
import type { StateLook } from './state-vocabulary.ts';
import './state-badge.css';

interface StateBadgeProps {
  look: StateLook;
  /** Another word than the state's own, for example "Running, attempt 2 of 3". */
  label?: string;
  /** Pill form: only in headings and drawers, never two in a row. */
  isPill?: boolean;
}

/** Icon and word of a state. */
export const StateBadge = ({ look, label, isPill = false }: StateBadgeProps) => (
  <span className={isPill ? 'state-badge is-pill' : 'state-badge'} data-tone={look.tone}>
    <StateGlyph shape={look.shape} size={14} />
    <span className="truncate">{label ?? look.label}</span>
  </span>
);

import type { Side } from '../../src-server/contract/terms.ts';
import './side-mark.css';

export const SIDE_LABELS: Readonly<Record<Side, string>> = { byoc: 'BYOC', managed: 'Managed' };

/** Solid square for BYOC, hatched for Managed; the same fills are used in every chart. */
export const SideMark = ({ side }: { side: Side }) => (
  <span className="side-mark">
    <i className={side === 'managed' ? 'is-hatched hatched' : undefined} aria-hidden="true" />
    {SIDE_LABELS[side]}
  </span>
);

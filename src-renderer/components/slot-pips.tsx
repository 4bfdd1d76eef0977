import type { Side } from '../../src-server/contract/terms.ts';
import './slot-pips.css';

interface SlotPipsProps {
  inUse: number;
  capacity: number;
  side: Side;
}
/** Beyond this many slots only those in use are drawn. */
const DRAWN_MAX = 8;

/** One mark per slot, filled while it holds a lease; the figures stand beside it. */
export const SlotPips = ({ inUse, capacity, side }: SlotPipsProps) => {
  const drawn = capacity <= DRAWN_MAX ? capacity : Math.min(DRAWN_MAX, inUse);
  return (
    <span className={side === 'managed' ? 'slot-pips is-hatched' : 'slot-pips'}>
      {Array.from({ length: drawn }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: slots have no identity
        <i key={i} className={i < inUse ? 'is-used' : undefined} aria-hidden="true" />
      ))}
      <span>
        {inUse} of {capacity}
      </span>
    </span>
  );
};

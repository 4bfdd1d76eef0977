import { useEffect, useState } from 'react';
import { after } from '../stores/clock.ts';
import './skeleton.css';

const DELAY_MS = 300;

/** True once loading took longer than 300 ms: quick answers show no skeleton at all. */
export const useIsSlow = (): boolean => {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => after(DELAY_MS, () => setSlow(true)), []);
  return isSlow;
};

/** Grey lines in the shape of rows that are still on their way. */
export const Skeleton = ({ rows, rowHeight = 36 }: { rows: number; rowHeight?: number }) => {
  const isSlow = useIsSlow();
  return (
    <div aria-busy="true">
      <span className="visually-hidden">Loading</span>
      {isSlow
        ? Array.from({ length: rows }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
            <div key={i} className="skeleton-row" style={{ height: rowHeight }}>
              <span style={{ width: `${18 + ((i * 7) % 12)}%` }} />
              <span style={{ width: `${30 + ((i * 11) % 24)}%` }} />
            </div>
          ))
        : null}
    </div>
  );
};

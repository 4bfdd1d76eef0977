import { ChevronFirst, ChevronLeft, ChevronRight } from 'lucide-react';
import { useMemo } from 'react';
import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { formatClock, formatClockShort, formatDay, formatWhen } from '../../format/instant.ts';
import { formatPlural, formatSeq } from '../../format/number.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { useNow } from '../../stores/clock.ts';
import { Button } from '../../ui/button.tsx';
import { barOf, densityBars } from './density.ts';

const BARS = 96;
const STEP_PX = 10;
const HEIGHT_PX = 34;
const AXIS_PARTS = 4;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface ScrubberProps {
  /** The newest entries, newest first: what the bars count. */
  entries: readonly EvidenceItem[];
  at: number | null;
  head: number;
  onMove: (seq: number) => void;
  onNow: () => void;
}

/** When entries were written, and a handle to go back among them. */
export const Scrubber = ({ entries, at, head, onMove, onNow }: ScrubberProps) => {
  const clock = useNow();
  // The bars move on once a minute, not each second.
  const untilMs = Math.ceil(clock / MINUTE_MS) * MINUTE_MS;
  const bars = useMemo(() => densityBars(entries, untilMs, BARS), [entries, untilMs]);
  const first = entries.at(-1)?.seq ?? 0;
  const most = Math.max(1, ...bars.map((bar) => bar.entries));
  const handle = barOf(bars, at);
  const shown = at === null ? undefined : entries.find((entry) => entry.seq === at);
  const spanMs = (bars.at(-1)?.toMs ?? 0) - (bars[0]?.fromMs ?? 0);
  const axis = Array.from({ length: AXIS_PARTS + 1 }, (_, i) => {
    if (i === AXIS_PARTS) return 'now';
    const ms = (bars[0]?.fromMs ?? 0) + (spanMs * i) / AXIS_PARTS;
    if (spanMs > DAY_MS) return formatDay(ms);
    return spanMs < AXIS_PARTS * MINUTE_MS ? formatClock(ms) : formatClockShort(ms);
  });
  const behind = at === null ? 0 : head - at;
  return (
    <section className="scrubber" aria-label="Time">
      <div className="row">
        <Button icon={<ChevronFirst />} label="First entry shown" onClick={() => onMove(first)} />
        <Button
          icon={<ChevronLeft />}
          label="One entry back"
          disabledReason={(at ?? head) <= 0 ? 'This is the first entry.' : undefined}
          onClick={() => onMove((at ?? head) - 1)}
        />
        <Button
          icon={<ChevronRight />}
          label="One entry on"
          disabledReason={behind === 0 ? 'This is the newest entry.' : undefined}
          onClick={() => onMove((at ?? head) + 1)}
        />
      </div>
      <div className="scrubber-track">
        <svg
          className="scrubber-bars"
          viewBox={`0 0 ${BARS * STEP_PX} ${HEIGHT_PX}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {bars.map((bar, i) => {
            const height = bar.entries === 0 ? 1 : Math.max(3, (bar.entries / most) * HEIGHT_PX);
            return (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: bars stand at fixed places
                key={i}
                className={at !== null && i > handle ? 'is-later' : undefined}
                x={i * STEP_PX}
                y={HEIGHT_PX - height}
                width={STEP_PX - 2}
                height={height}
              />
            );
          })}
        </svg>
        <input
          type="range"
          aria-label="Entry to go back to"
          aria-valuetext={
            at === null ? 'Now' : `${formatSeq(at)}${shown === undefined ? '' : `, ${formatWhen(shown.at, clock)}`}`
          }
          min={0}
          max={BARS - 1}
          value={Math.max(0, handle)}
          onChange={(event) => {
            const seq = bars[Number(event.target.value)]?.lastSeq;
            if (seq !== null && seq !== undefined) onMove(seq);
          }}
        />
        <div className="scrubber-axis" aria-hidden="true">
          {axis.map((text, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: ticks stand at fixed places
            <span key={i}>{text}</span>
          ))}
        </div>
      </div>
      <div className="row scrubber-end">
        <span className="text-2 text-xs">
          {at === null
            ? `Newest ${formatPlural(entries.length, 'entry', 'entries')}`
            : `${formatPlural(behind, 'entry', 'entries')} behind`}
        </span>
        <Button keys={keysOf('evidence.now')} disabledReason={at === null ? 'This is now.' : undefined} onClick={onNow}>
          Back to now
        </Button>
      </div>
    </section>
  );
};

import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { ChartDefs } from './chart-defs.tsx';
import './chart.css';
import './gantt.css';

export type GanttLook = 'queue' | 'past' | 'live' | 'gap';
export interface GanttBar {
  id: string;
  /** Ms from the chart's start. */
  from: number;
  to: number;
  look: GanttLook;
  /** Managed bars are hatched. */
  isHatched?: boolean;
  /** Inside the bar when it fits: the fencing token. */
  text?: string;
  /** After the bar. */
  note?: string;
}
export interface GanttMark {
  id: string;
  at: number;
  look: 'renewal' | 'rejected' | 'end';
  note?: string;
}
export interface GanttRow {
  id: string;
  label: ReactNode;
  bars: readonly GanttBar[];
  marks?: readonly GanttMark[];
}
interface GanttProps {
  label: string;
  rows: readonly GanttRow[];
  durationMs: number;
  /** Ms from the start to now; null when it is over. */
  nowMs: number | null;
  /** Captions of the axis, equally spaced from the start. */
  axis: readonly string[];
}
const ROW_PX = 27;
const BAR_PX = 18;
/** The sign of the token with the space around it, and a digit of the text behind. */
const [TOKEN_PX, DIGIT_PX] = [26, 7.5];
const TEXT_MIN_PX = 56;
/** A note of usual length with its distance, so that it is not cut at the edge. */
const NOTE_PX = 208;
const NOTE_GAP_PX = 12;

/** Where a bar's note stands: after it, before it where the edge is near, at its inner end where both sides are. */
const noteAt = (from: number, to: number, width: number) => {
  if (to + NOTE_PX <= width) return { x: to + NOTE_GAP_PX, textAnchor: 'start' as const };
  if (from >= NOTE_PX) return { x: from - NOTE_GAP_PX, textAnchor: 'end' as const };
  return { x: to - NOTE_GAP_PX, textAnchor: 'end' as const };
};

/** Width of an element in px, kept as it changes. */
const useWidth = () => {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
};

/** Bars over time, a row each: queue outlined, past neutral, live blue, time without renewal hatched amber. */
export const Gantt = ({ label, rows, durationMs, nowMs, axis }: GanttProps) => {
  const id = useId();
  const [ref, width] = useWidth();
  const x = (ms: number) => (durationMs === 0 ? 0 : (ms / durationMs) * width);
  const height = rows.length * ROW_PX + 6;
  const fillOf = (bar: GanttBar) => {
    if (bar.look === 'gap') return `url(#${id}-gap)`;
    if (!bar.isHatched) return undefined;
    return `url(#${id}-${bar.look === 'live' ? 'live' : 'done'})`;
  };
  return (
    <div className="gantt">
      <div className="gantt-labels">
        {rows.map((row) => (
          <div key={row.id} className="truncate">
            {row.label}
          </div>
        ))}
      </div>
      <div ref={ref} className="gantt-chart">
        <svg className="chart" height={height} role="img" aria-label={label}>
          <ChartDefs idBase={id} />
          {axis.map((caption, i) => (
            <line
              key={caption}
              className="chart-grid"
              x1={(i / Math.max(1, axis.length - 1)) * width}
              x2={(i / Math.max(1, axis.length - 1)) * width}
              y1={0}
              y2={height}
            />
          ))}
          {rows.map((row, i) => {
            const y = i * ROW_PX + (ROW_PX - BAR_PX) / 2;
            return (
              <g key={row.id}>
                {row.bars.map((bar) => {
                  const w = Math.max(2, x(bar.to) - x(bar.from));
                  return (
                    <g key={bar.id}>
                      <rect
                        className={`chart-bar gantt-bar is-${bar.look}`}
                        x={x(bar.from)}
                        y={y}
                        width={w}
                        height={BAR_PX}
                        rx="3"
                        style={{ fill: fillOf(bar) }}
                      />
                      {bar.text !== undefined && w > TEXT_MIN_PX ? (
                        <>
                          {bar.isHatched !== true ? null : (
                            // Nothing is read on stripes.
                            <rect
                              className="gantt-backing"
                              x={x(bar.from) + 4}
                              y={y + 2}
                              width={TOKEN_PX + bar.text.length * DIGIT_PX}
                              height={BAR_PX - 4}
                              rx="2"
                            />
                          )}
                          <path
                            className="gantt-fence"
                            transform={`translate(${x(bar.from) + 8} ${y + 3})`}
                            d="M2 11V3l1-1.5L4 3v8M8 11V3l1-1.5L10 3v8M.5 5h11M.5 8.5h11"
                          />
                          <text className="chart-text gantt-inside" x={x(bar.from) + 26} y={y + 13}>
                            {bar.text}
                          </text>
                        </>
                      ) : null}
                      {bar.note === undefined ? null : (
                        <text className="chart-text" {...noteAt(x(bar.from), x(bar.to), width)} y={y + 13}>
                          {bar.note}
                        </text>
                      )}
                    </g>
                  );
                })}
                {row.marks?.map((mark) =>
                  mark.look === 'renewal' ? (
                    <line
                      key={mark.id}
                      className="chart-tick"
                      x1={x(mark.at)}
                      x2={x(mark.at)}
                      y1={y + BAR_PX + 1}
                      y2={y + BAR_PX + 4}
                    />
                  ) : (
                    <g
                      key={mark.id}
                      className={`gantt-mark is-${mark.look}`}
                      transform={`translate(${x(mark.at) - 6} ${y + 3})`}
                    >
                      {mark.look === 'end' ? (
                        <path d="M2 0h8M2 12h8M3 0c0 3 6 4 6 12M9 0c0 3-6 4-6 12" />
                      ) : (
                        <>
                          <path d="M4 0h4l4 4v4l-4 4H4L0 8V4z" />
                          <path className="gantt-knock" d="M3 6h6" />
                        </>
                      )}
                      {mark.note === undefined ? null : (
                        <text
                          className="chart-text"
                          x={x(mark.at) > width / 2 ? -6 : 18}
                          textAnchor={x(mark.at) > width / 2 ? 'end' : 'start'}
                          y="10"
                        >
                          {mark.note}
                        </text>
                      )}
                    </g>
                  ),
                )}
              </g>
            );
          })}
          {nowMs === null ? null : <line className="chart-now" x1={x(nowMs)} x2={x(nowMs)} y1={0} y2={height} />}
        </svg>
        <div className="chart-axis" aria-hidden="true">
          {axis.map((caption) => (
            <span key={caption}>{caption}</span>
          ))}
        </div>
      </div>
    </div>
  );
};

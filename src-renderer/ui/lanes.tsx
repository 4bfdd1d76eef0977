import { type ReactNode, useId } from 'react';
import { ChartDefs } from './chart-defs.tsx';
import { BAR_PX, type LaneInput, layoutLanes } from './lanes-layout.ts';
import './chart.css';
import './lanes.css';

export interface Lane extends LaneInput {
  label: ReactNode;
  /** At the right end: slots in use now. */
  end: ReactNode;
}
interface LanesProps {
  /** What the bars show, in a sentence with its figures. */
  label: string;
  lanes: readonly Lane[];
  rangeMs: number;
  /** Captions of the axis, equally spaced, the last is now. */
  axis: readonly string[];
}
const WIDTH = 640;

const fillOf = (look: string, isHatched: boolean, id: string): string | undefined => {
  if (!isHatched || look === 'late') return undefined;
  return `url(#${id}-${look === 'live' ? 'live' : 'done'})`;
};

/** Bars of leases over time: a lane per source, a sub-lane per slot, now at the right. */
export const Lanes = ({ label, lanes, rangeMs, axis }: LanesProps) => {
  const id = useId();
  const layout = layoutLanes(lanes, rangeMs, WIDTH);
  const byId = new Map(lanes.map((lane) => [lane.id, lane]));
  const names = (part: 'label' | 'end') =>
    layout.lanes.map((box) => (
      <div key={box.id} className="lanes-name" style={{ height: box.height }}>
        {byId.get(box.id)?.[part]}
      </div>
    ));
  return (
    <div className="lanes">
      <div>{names('label')}</div>
      <div>
        <svg
          className="chart"
          height={layout.height}
          viewBox={`0 0 ${WIDTH} ${layout.height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={label}
        >
          <ChartDefs idBase={id} />
          {axis.map((caption, i) => {
            const x = (i / Math.max(1, axis.length - 1)) * WIDTH;
            return <line key={caption} className="chart-grid is-dashed" x1={x} x2={x} y1={0} y2={layout.height} />;
          })}
          {layout.lanes.map((box, i) => (
            <g key={box.id}>
              {i === 0 ? null : <line className="chart-grid" x1={0} x2={WIDTH} y1={box.top} y2={box.top} />}
              {box.bars.map((bar) => (
                <rect
                  key={bar.id}
                  className={`chart-bar is-${bar.look === 'lost' ? 'done' : bar.look}`}
                  x={bar.x}
                  y={bar.y}
                  width={bar.width}
                  height={BAR_PX}
                  rx="1"
                  style={{ fill: fillOf(bar.look, bar.isHatched, id) }}
                />
              ))}
              {box.bars
                .filter((bar) => bar.look === 'lost')
                .map((bar) => (
                  <path
                    key={bar.id}
                    className="chart-lost"
                    d={`M${bar.x + bar.width - 3} ${bar.y - 0.5}l6 6m0-6l-6 6`}
                  />
                ))}
            </g>
          ))}
          <line className="chart-now" x1={WIDTH} x2={WIDTH} y1={-4} y2={layout.height} />
        </svg>
        <div className="chart-axis" aria-hidden="true">
          {axis.map((caption) => (
            <span key={caption}>{caption}</span>
          ))}
        </div>
      </div>
      <div className="lanes-end">{names('end')}</div>
    </div>
  );
};

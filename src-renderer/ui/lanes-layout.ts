export interface LaneSpanInput {
  id: string;
  fromMsAgo: number;
  toMsAgo: number;
  look: 'live' | 'late' | 'done' | 'lost';
}
export interface LaneInput {
  id: string;
  isHatched: boolean;
  spans: readonly LaneSpanInput[];
}
export interface LaneBar {
  id: string;
  x: number;
  width: number;
  y: number;
  look: LaneSpanInput['look'];
  isHatched: boolean;
}
export interface LaneBox {
  id: string;
  top: number;
  height: number;
  bars: LaneBar[];
}
export interface LanesLayout {
  lanes: LaneBox[];
  height: number;
}

/** Height of a bar, room to the next sub-lane, room above and below a lane; all in px. */
export const BAR_PX = 5;
const PITCH_PX = 6;
const PAD_PX = 7;
const LANE_MIN_PX = 20;
/** A source with many slots draws at most this many sub-lanes; further bars share the last. */
const SUB_LANES_MAX = 6;

/** Puts each span into the first sub-lane that is free at its start, newest bars last. */
const stack = (spans: readonly LaneSpanInput[]): { span: LaneSpanInput; row: number }[] => {
  const freeFrom: number[] = [];
  return [...spans]
    .sort((a, b) => b.fromMsAgo - a.fromMsAgo)
    .map((span) => {
      const found = freeFrom.findIndex((end) => end >= span.fromMsAgo);
      const row = found === -1 ? Math.min(freeFrom.length, SUB_LANES_MAX - 1) : found;
      freeFrom[row] = span.toMsAgo;
      return { span, row };
    });
};

/** Places the bars of every lane. `width` and the answer's figures are in units of the chart, now at the right edge. */
export const layoutLanes = (lanes: readonly LaneInput[], rangeMs: number, width: number): LanesLayout => {
  let top = 0;
  const x = (msAgo: number) => width * (1 - Math.min(1, Math.max(0, msAgo / rangeMs)));
  const boxes = lanes.map((lane) => {
    const stacked = stack(lane.spans.filter((span) => span.toMsAgo < rangeMs));
    const rows = Math.max(1, ...stacked.map(({ row }) => row + 1));
    const height = Math.max(LANE_MIN_PX, rows * PITCH_PX + PAD_PX);
    const inset = (height - rows * PITCH_PX + 1) / 2;
    const box: LaneBox = {
      id: lane.id,
      top,
      height,
      bars: stacked.map(({ span, row }) => ({
        id: span.id,
        x: x(span.fromMsAgo),
        width: Math.max(2, x(span.toMsAgo) - x(span.fromMsAgo)),
        y: top + inset + row * PITCH_PX,
        look: span.look,
        isHatched: lane.isHatched,
      })),
    };
    top += height;
    return box;
  });
  return { lanes: boxes, height: top };
};

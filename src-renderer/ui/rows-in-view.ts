/** Rows drawn above and below the visible ones, so that a fast wheel finds them there. */
const OVERSCAN_ROWS = 12;
/** The first drawn row moves in steps of this many, so that most scroll events change nothing. */
const STEP_ROWS = 4;

export interface View {
  scrollTop: number;
  /** Height of what shows rows, px. */
  height: number;
  rowHeight: number;
  count: number;
  /** Only what is seen: a list that has just come draws its other rows a moment later. */
  isLean?: boolean;
}

/** The rows to draw, `from` included and `to` not. All rows are alike in height, so nothing is measured or kept for each. */
export const rowsInView = ({ scrollTop, height, rowHeight, count, isLean }: View): { from: number; to: number } => {
  const [overscan, step] = isLean === true ? [0, 1] : [OVERSCAN_ROWS, STEP_ROWS];
  const first = Math.floor(scrollTop / rowHeight) - overscan;
  const from = Math.max(0, Math.min(count, Math.floor(first / step) * step));
  const shown = Math.ceil(height / rowHeight) + 2 * overscan + step;
  return { from, to: Math.min(count, from + shown) };
};

/** Where to scroll so that a row is whole in view below a head of `headHeight`; the same place when it is there already. */
export const scrollTopFor = (index: number, headHeight: number, { scrollTop, height, rowHeight }: View): number => {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  const bottom = top + rowHeight + headHeight;
  return bottom > scrollTop + height ? bottom - height : scrollTop;
};

/** Rows in the order they were first shown in while a list is held, with their newest content. */
export interface Settled<T> {
  rows: readonly T[];
  /** Rows that arrived meanwhile and wait. */
  waiting: number;
}

/**
 * The usual case of a long list, without a look-up for each row: everything that is held stands there still, in one piece, with
 * new rows above it and further pages below it. Null where it is otherwise.
 */
const settleAligned = <T>(held: readonly T[], rows: readonly T[], idOf: (row: T) => string): Settled<T> | null => {
  const [first] = held;
  if (first === undefined) return null;
  const firstId = idOf(first);
  const above = rows.findIndex((row) => row === first || idOf(row) === firstId);
  if (above === -1 || above + held.length > rows.length) return null;
  for (let at = 1; at < held.length; at++) {
    const [was, is] = [held[at] as T, rows[above + at] as T];
    if (was !== is && idOf(was) !== idOf(is)) return null;
  }
  return { rows: above === 0 ? rows : rows.slice(above), waiting: above };
};

/**
 * Keeps rows where they are while the pointer is over them: the held order stays, contents renew, rows that left stay
 * with their last content, new rows wait.
 * @param held what was on screen when the hold began; null when nothing is held.
 */
export const settleRows = <T>(held: readonly T[] | null, rows: readonly T[], idOf: (row: T) => string): Settled<T> => {
  if (held === null) return { rows, waiting: 0 };
  const aligned = settleAligned(held, rows, idOf);
  if (aligned !== null) return aligned;
  const newest = new Map(rows.map((row) => [idOf(row), row]));
  const shown = held.map((row) => newest.get(idOf(row)) ?? row);
  const heldIds = new Set(held.map(idOf));
  // Only what stands before the last held row is new to the reader; further pages at the foot are simply added.
  const lastHeld = rows.findLastIndex((row) => heldIds.has(idOf(row)));
  const below = lastHeld === -1 ? [] : rows.slice(lastHeld + 1);
  const waiting = rows.slice(0, lastHeld + 1).filter((row) => !heldIds.has(idOf(row))).length;
  return { rows: [...shown, ...below], waiting: lastHeld === -1 ? rows.length : waiting };
};

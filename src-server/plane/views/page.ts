/** A cursor is opaque to clients: here it is the last key of the page in base64url. */
export const cursorOf = (key: number | string): string => Buffer.from(String(key)).toString('base64url');

/** The text in a cursor, whoever made it. */
export const textOfCursor = (cursor: string): string => Buffer.from(cursor, 'base64url').toString();

/** The number in a cursor; undefined when there is none or it is not ours. */
export function keyOfCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const key = Number(textOfCursor(cursor));
  return Number.isSafeInteger(key) && key >= 0 ? key : undefined;
}

/** A page of rows that were read one longer than asked, so that the end is known. */
export function pageOf<R, T>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => number | string,
  view: (row: R) => T,
): { items: T[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    next_cursor: rows.length > limit && last !== undefined ? cursorOf(keyOf(last)) : null,
  };
}

/**
 * Gives each drawn row a place in the document. Rows that stay keep theirs; rows that come take those of rows that left, so that
 * another list, or a few rows further down, changes texts instead of making elements.
 * @param before the places so far, in the order of the rows
 * @param pinned a row whose place nobody takes: it may have the focus, which would then stand on another row unseen
 */
export const assignSlots = (
  before: ReadonlyMap<string, number>,
  ids: readonly string[],
  pinned: string | null,
): Map<string, number> => {
  const here = new Set(ids);
  const free = [...before].flatMap(([id, slot]) => (here.has(id) || id === pinned ? [] : [slot]));
  let next = Math.max(-1, ...before.values()) + 1;
  const taken = free.values();
  return new Map(ids.map((id) => [id, before.get(id) ?? taken.next().value ?? next++]));
};

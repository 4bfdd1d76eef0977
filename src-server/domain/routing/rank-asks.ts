/** A source that asks for work at this moment. */
export interface Ask {
  sourceId: string;
  /** On the side that the policy prefers. */
  isPreferredSide: boolean;
  freeSlots: number;
  totalSlots: number;
  /** Sequence of its last grant; 0 when it never had one. */
  lastGrantSeq: number;
}

/** Preferred side, then share of free slots, then longest since its last grant, then id. Negative when `a` ranks first. */
export function compareAsks(a: Ask, b: Ask): number {
  if (a.isPreferredSide !== b.isPreferredSide) return a.isPreferredSide ? -1 : 1;
  const share = b.freeSlots * a.totalSlots - a.freeSlots * b.totalSlots;
  if (share !== 0) return share;
  if (a.lastGrantSeq !== b.lastGrantSeq) return a.lastGrantSeq - b.lastGrantSeq;
  return a.sourceId < b.sourceId ? -1 : a.sourceId > b.sourceId ? 1 : 0;
}

/** Which of the ranks decided between the best and the next; the sentence names it. */
export function decidedBy(best: Ask, next: Ask | undefined): 'only' | 'side' | 'share' | 'longest' | 'id' {
  if (next === undefined) return 'only';
  if (best.isPreferredSide !== next.isPreferredSide) return 'side';
  if (best.freeSlots * next.totalSlots !== next.freeSlots * best.totalSlots) return 'share';
  return best.lastGrantSeq !== next.lastGrantSeq ? 'longest' : 'id';
}

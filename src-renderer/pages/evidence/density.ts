import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';

export interface DensityBar {
  fromMs: number;
  toMs: number;
  entries: number;
  /** The newest entry up to the end of the bar; null before the first one. */
  lastSeq: number | null;
}

/** Entries (any order) over time in `bars` equal parts, from the oldest to `nowMs`. */
export const densityBars = (
  entries: readonly Pick<EvidenceItem, 'seq' | 'at'>[],
  nowMs: number,
  bars: number,
): DensityBar[] => {
  if (entries.length === 0) return [];
  const sorted = entries.map((entry) => ({ seq: entry.seq, ms: Date.parse(entry.at) })).sort((a, b) => a.seq - b.seq);
  const startMs = sorted[0]?.ms ?? nowMs;
  const width = Math.max(1, nowMs - startMs) / bars;
  let at = 0;
  let lastSeq: number | null = null;
  return Array.from({ length: bars }, (_, i) => {
    const toMs = startMs + (i + 1) * width;
    const before = at;
    // The last bar takes the rest: the clocks of browser and plane may differ.
    for (; at < sorted.length && ((sorted[at]?.ms ?? 0) < toMs || i === bars - 1); at++)
      lastSeq = sorted[at]?.seq ?? null;
    return { fromMs: startMs + i * width, toMs, entries: at - before, lastSeq };
  });
};

/** The bar that holds the entry; the last one for none. */
export const barOf = (bars: readonly DensityBar[], seq: number | null): number => {
  if (seq === null) return bars.length - 1;
  const found = bars.findIndex((bar) => bar.lastSeq !== null && bar.lastSeq >= seq);
  return found === -1 ? bars.length - 1 : found;
};

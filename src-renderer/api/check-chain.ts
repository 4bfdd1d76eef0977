import type { EvidenceItem } from '../../src-server/contract/workspace.ts';
import { call } from './client.ts';
import { CHUNK_ENTRIES } from './evidence.ts';
import { verifyEntry } from './verify-entries.ts';

export interface ChainFault {
  /** The first entry that does not fit. */
  seq: number;
  cause: 'hash' | 'link' | 'gap';
}

const previousOf = (line: string): unknown => {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'prev' in entry ? entry.prev : undefined;
  } catch {
    return undefined;
  }
};

/** Entries in order, after `before` (null at the start of the log): the first that does not fit, or null. */
export const findFault = async (
  items: readonly EvidenceItem[],
  before: Pick<EvidenceItem, 'seq' | 'sha256'> | null,
): Promise<ChainFault | null> => {
  let last = before;
  for (const item of items) {
    if (last !== null && item.seq !== last.seq + 1) return { seq: item.seq, cause: 'gap' };
    if (!(await verifyEntry(item))) return { seq: item.seq, cause: 'hash' };
    const wanted = last?.sha256 ?? (item.seq === 0 ? '0'.repeat(64) : null);
    if (wanted !== null && previousOf(item.line) !== wanted) return { seq: item.seq, cause: 'link' };
    last = item;
  }
  return null;
};

/** Reads the whole log up to `head` and checks each entry and each link here. Tells how far it is. */
export const checkLog = async (
  workspaceId: string,
  head: number,
  onProgress: (checked: number) => void,
  signal: AbortSignal,
): Promise<ChainFault | null> => {
  let last: EvidenceItem | null = null;
  for (let from = 0; from <= head; from += CHUNK_ENTRIES) {
    const limit = Math.min(CHUNK_ENTRIES, head - from + 1);
    const query = { from: String(from), limit: String(limit) };
    const { items } = await call('evidence', { params: { workspace_id: workspaceId }, query, signal });
    if (items.length !== limit) return { seq: from + items.length, cause: 'gap' };
    const fault = await findFault(items, last);
    if (fault !== null) return fault;
    last = items.at(-1) ?? null;
    onProgress(from + items.length);
  }
  return null;
};

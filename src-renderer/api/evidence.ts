import { type UseQueryResult, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { z } from 'zod';
import type { evidenceProof } from '../../src-server/contract/evidence.ts';
import type { EvidenceItem } from '../../src-server/contract/workspace.ts';
import { call } from './client.ts';
import { keys } from './keys.ts';
import { useWorkspaceId } from './workspace-context.ts';

/** Entries per call; the log is read in parts of this size, each at a fixed place. */
export const CHUNK_ENTRIES = 200;
/** A log that grows by so many entries is asked for a newer proof. */
const PROOF_STEP = 20;
export type EvidenceProof = z.infer<typeof evidenceProof>;

/** Where the parts lie that hold `top` and what stands below it, the newest first. */
export const chunksBelow = (top: number, parts: number): { from: number; size: number }[] => {
  const last = Math.floor(top / CHUNK_ENTRIES);
  return Array.from({ length: Math.min(parts, last + 1) }, (_, i) => {
    const from = (last - i) * CHUNK_ENTRIES;
    return { from, size: Math.min(CHUNK_ENTRIES, top - from + 1) };
  });
};

export interface LogWindow {
  /** Newest first, without gaps. */
  items: EvidenceItem[];
  error: Error | null;
  isWhole: boolean;
  refetch: () => void;
}

/** The entries from `top` downwards in `parts` parts. Entries never change, so each is fetched once. */
export const useLogWindow = (top: number | null, parts: number): LogWindow => {
  const ws = useWorkspaceId();
  const chunks = top === null ? [] : chunksBelow(top, parts);
  const client = useQueryClient();
  /** The longest answer of a part that is here already: a part that grew shows what it had meanwhile. */
  const known = (from: number): EvidenceItem[] =>
    client
      .getQueriesData<EvidenceItem[]>({ queryKey: keys.evidenceChunks(ws, from) })
      .reduce<EvidenceItem[]>((longest, [, data]) => (data && data.length > longest.length ? data : longest), []);
  const results = useQueries({
    queries: chunks.map(({ from, size }) => ({
      queryKey: keys.evidenceChunk(ws, from, size),
      staleTime: Number.POSITIVE_INFINITY,
      initialData: () => (known(from).length >= size ? known(from).slice(0, size) : undefined),
      placeholderData: () => (known(from).length > 0 ? known(from).slice(0, size) : undefined),
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const query = { from: String(from), limit: String(size) };
        return (await call('evidence', { params: { workspace_id: ws }, query, signal })).items;
      },
    })),
  });
  const loaded = results.map((result) => result.data);
  const gap = loaded.indexOf(undefined);
  const whole = gap === -1 ? loaded : loaded.slice(0, gap);
  const content = whole.map((part) => `${part?.[0]?.seq}+${part?.length}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: entries never change, so their places say it all
  const items = useMemo(() => whole.flatMap((part) => [...(part ?? [])].reverse()), [content, ws]);
  return {
    items,
    error: results.find((result) => result.error !== null)?.error ?? null,
    isWhole: top !== null && whole.length === chunks.length && chunks.at(-1)?.from === 0,
    refetch: () => {
      for (const result of results) if (result.error !== null) void result.refetch();
    },
  };
};

/** Proof that an entry stands in the newest signed head of the log; `head` asks again once the log grew. */
export const useEvidenceProof = (seq: number | null, head: number): UseQueryResult<EvidenceProof> => {
  const ws = useWorkspaceId();
  return useQuery<EvidenceProof>({
    queryKey: keys.evidenceProof(ws, seq ?? -1, Math.floor(head / PROOF_STEP)),
    enabled: seq !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: (before) => (before?.seq === seq ? before : undefined),
    queryFn: ({ signal }) => call('evidenceProof', { params: { workspace_id: ws, seq: String(seq) }, signal }),
  });
};

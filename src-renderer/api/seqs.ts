import { hashKey, type QueryKey } from '@tanstack/react-query';

/** The log position each cached answer was made at: an older change must not overwrite a newer answer. */
const seqs = new Map<string, number>();
const firstByWorkspace = new Map<string, number>();
const waiting = new Map<string, ((seq: number) => void)[]>();

/** Records the position of an answer, and of the first answer of its workspace. */
export const noteSeq = (workspaceId: string, key: QueryKey, seq: number | null): void => {
  if (seq === null) return;
  seqs.set(hashKey(key), seq);
  if (firstByWorkspace.has(workspaceId)) return;
  firstByWorkspace.set(workspaceId, seq);
  for (const resolve of waiting.get(workspaceId) ?? []) resolve(seq);
  waiting.delete(workspaceId);
};

/** Position of a cached answer; 0 when it is not known, so that every change applies. */
export const seqOf = (key: QueryKey): number => seqs.get(hashKey(key)) ?? 0;

/** Forgets where the workspace stood: its stream closed, so what is cached of it is no longer followed. */
export const forgetFirstSeq = (workspaceId: string): void => {
  firstByWorkspace.delete(workspaceId);
};

/** Position of the first answer of the workspace: where the stream opens. */
export const firstSeq = (workspaceId: string): Promise<number> => {
  const known = firstByWorkspace.get(workspaceId);
  if (known !== undefined) return Promise.resolve(known);
  return new Promise((resolve) => {
    waiting.set(workspaceId, [...(waiting.get(workspaceId) ?? []), resolve]);
  });
};

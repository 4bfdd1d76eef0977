import type { QueryKey } from '@tanstack/react-query';
import type { AnswerOf, CallId } from './calls.ts';
import { type CallOptions, callWithSeq } from './client.ts';
import { noteSeq } from './seqs.ts';

/** Fetches a resource of a workspace and remembers at which position of the log it was read. */
export const fetchResource = async <C extends CallId>(
  workspaceId: string,
  key: QueryKey,
  id: C,
  options: CallOptions<C>,
): Promise<AnswerOf<C>> => {
  const { data, seq } = await callWithSeq(id, {
    ...options,
    params: { workspace_id: workspaceId, ...options.params },
  });
  noteSeq(workspaceId, key, seq);
  return data;
};

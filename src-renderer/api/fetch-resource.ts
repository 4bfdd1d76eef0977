import type { QueryKey } from '@tanstack/react-query';
import type { AnswerOf, CallId } from './calls.ts';
import { type CallOptions, callWithSeq } from './client.ts';
import { noteSeq } from './seqs.ts';

/**
 * Fetches a resource of a workspace and remembers at which position of the log it was read. A further page keeps the position of
 * the first: what came between them is not in the first, and laid over the second once more changes nothing.
 */
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
  if (!isFurtherPage(options)) noteSeq(workspaceId, key, seq);
  return data;
};

const isFurtherPage = ({ query }: { query?: object | undefined }): boolean =>
  (query as { cursor?: string } | undefined)?.cursor !== undefined;

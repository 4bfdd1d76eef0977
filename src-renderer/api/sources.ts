import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import type { SourceDetail, SourceList } from '../../src-server/contract/source.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import type { SourceListQuery } from './query-types.ts';
import { noteFigures } from './volatile.ts';
import { useWorkspaceId } from './workspace-context.ts';

const PAGE_ITEMS = 200;
/** What a list below a field shows; whoever needs another types more. */
const FOUND_ITEMS = 20;

/** Sources that match the filters, page by page; `counts` are those of the whole workspace. */
export const useSources = (query: SourceListQuery = {}): UseInfiniteQueryResult<InfiniteData<SourceList>> => {
  const ws = useWorkspaceId();
  const queryKey = keys.sources(ws, query);
  return useInfiniteQuery({
    queryKey,
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: SourceList) => last.next_cursor ?? undefined,
    queryFn: async ({ pageParam, signal }) => {
      const data = await fetchResource(ws, queryKey, 'sources', {
        query: { ...query, cursor: pageParam, limit: PAGE_ITEMS },
        signal,
      });
      noteFigures({ sources: data.items });
      return data;
    },
  });
};

/** The first sources by name or label, for a field that searches; asked anew each time, as nothing follows it. */
export const useSourceSearch = (q: string, isEnabled: boolean): UseQueryResult<SourceList> => {
  const ws = useWorkspaceId();
  const queryKey = keys.sourceSearch(ws, q);
  return useQuery({
    queryKey,
    enabled: isEnabled,
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      fetchResource(ws, queryKey, 'sources', { query: { ...(q === '' ? {} : { q }), limit: FOUND_ITEMS }, signal }),
  });
};

/** One source with heartbeats and leases; null turns it off. */
export const useSource = (sourceId: string | null): UseQueryResult<SourceDetail> => {
  const ws = useWorkspaceId();
  const queryKey = keys.source(ws, sourceId ?? '');
  return useQuery({
    queryKey,
    enabled: sourceId !== null,
    queryFn: async ({ signal }) => {
      const data = await fetchResource(ws, queryKey, 'source', { params: { source_id: sourceId ?? '' }, signal });
      noteFigures({ sources: [data], leases: data.leases });
      return data;
    },
  });
};

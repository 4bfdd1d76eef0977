import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Source, SourceDetail, SourceList } from '../../src-server/contract/source.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import { FIRST_PAGE_ITEMS, PAGE_ITEMS, prepareList } from './prepare-list.ts';
import type { SourceListQuery } from './query-types.ts';
import { noteFigures } from './volatile.ts';
import { useWorkspaceId } from './workspace-context.ts';

/** Names of a record that are asked for one by one: more than a table shows. */
const ASKED_BY_ID_MAX = 40;
/** What a list below a field shows; whoever needs another types more. */
const FOUND_ITEMS = 20;

const sourcesQuery = (ws: string, query: SourceListQuery) => {
  const queryKey = keys.sources(ws, query);
  return infiniteQueryOptions({
    queryKey,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: SourceList) => last.next_cursor ?? undefined,
    queryFn: async ({ pageParam, signal }) => {
      const limit = pageParam === undefined ? FIRST_PAGE_ITEMS : PAGE_ITEMS;
      const data = await fetchResource(ws, queryKey, 'sources', {
        query: { ...query, cursor: pageParam, limit },
        signal,
      });
      noteFigures({ sources: data.items });
      return data;
    },
  });
};

/** Sources that match the filters, page by page; `counts` are those of the whole workspace. */
export const useSources = (query: SourceListQuery = {}): UseInfiniteQueryResult<InfiniteData<SourceList>> =>
  useInfiniteQuery({ ...sourcesQuery(useWorkspaceId(), query), placeholderData: keepPreviousData });

/** Asks for sources before they are shown, see `prepareList`. */
export const usePrepareSources = () => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  return (query: SourceListQuery, signal: AbortSignal) => {
    const options = sourcesQuery(ws, query);
    return prepareList(client, options.queryKey, () => client.prefetchInfiniteQuery(options), signal);
  };
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
  return useQuery({ ...sourceQuery(ws, sourceId ?? ''), enabled: sourceId !== null });
};

const sourceQuery = (ws: string, sourceId: string) => {
  const queryKey = keys.source(ws, sourceId);
  return {
    queryKey,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<SourceDetail> => {
      const data = await fetchResource(ws, queryKey, 'source', { params: { source_id: sourceId }, signal });
      noteFigures({ sources: [data], leases: data.leases });
      return data;
    },
  };
};

/** Sources by id, for names: those of the first page of the list, each other one asked for by itself. */
export const useSourcesById = (ids: readonly string[]): ReadonlyMap<string, Source> => {
  const ws = useWorkspaceId();
  const { data } = useSources();
  const listed = useMemo(
    () => new Map((data?.pages ?? []).flatMap((page) => page.items).map((source) => [source.source_id, source])),
    [data],
  );
  const missing = data === undefined ? [] : [...new Set(ids)].filter((id) => !listed.has(id)).slice(0, ASKED_BY_ID_MAX);
  const asked = useQueries({ queries: missing.map((id) => sourceQuery(ws, id)), combine: answersOf });
  return useMemo(
    () => new Map([...listed, ...asked.map((source): [string, Source] => [source.source_id, source])]),
    [listed, asked],
  );
};
const answersOf = (results: readonly UseQueryResult<SourceDetail>[]): SourceDetail[] =>
  results.flatMap(({ data }) => (data === undefined ? [] : [data]));

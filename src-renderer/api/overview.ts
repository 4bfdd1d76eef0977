import { keepPreviousData, queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Overview } from '../../src-server/contract/workspace.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import { noteFigures } from './volatile.ts';
import { useWorkspaceId } from './workspace-context.ts';

export type OverviewRange = '1h' | '6h' | '24h';

/** The workspace at a glance. The shell reads the default range too, so most screens share one answer. */
export const overviewQuery = (ws: string, range: OverviewRange) => {
  const queryKey = keys.overview(ws, range);
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }) => {
      const data = await fetchResource(ws, queryKey, 'overview', { query: { range }, signal });
      noteFigures({ sources: data.sources });
      return data;
    },
  });
};

export const useOverview = (range: OverviewRange = '1h'): UseQueryResult<Overview> =>
  useQuery({ ...overviewQuery(useWorkspaceId(), range), placeholderData: keepPreviousData });

import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import type { z } from 'zod';
import type { Lease, leaseList } from '../../src-server/contract/lease.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import type { LeaseListQuery } from './query-types.ts';
import { noteFigures } from './volatile.ts';
import { useWorkspaceId } from './workspace-context.ts';

const LEASES_MAX = 200;
const ACTIVE_PAGES_MAX = 5;
type LeaseList = z.infer<typeof leaseList>;

/** Active leases of one source with their countdowns; null turns it off. The stream keeps it fresh. */
export const useSourceLeases = (sourceId: string | null): UseQueryResult<Lease[]> => {
  const ws = useWorkspaceId();
  const queryKey = keys.sourceLeases(ws, sourceId ?? '');
  return useQuery({
    queryKey,
    enabled: sourceId !== null,
    queryFn: async ({ signal }) => {
      const query = { state: 'active', source_id: sourceId ?? '', limit: LEASES_MAX } as const;
      const { items } = await fetchResource(ws, queryKey, 'leases', { query, signal });
      noteFigures({ leases: items });
      return items;
    },
  });
};

export interface ActiveLeases {
  items: Lease[];
  /** False where there are more than one screen can hold: the newest thousand are here. */
  isWhole: boolean;
}

/** The active leases of the workspace, newest first, up to a thousand. The stream keeps them fresh. */
export const useActiveLeases = (): UseQueryResult<ActiveLeases> => {
  const ws = useWorkspaceId();
  const queryKey = keys.activeLeases(ws);
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const items: Lease[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < ACTIVE_PAGES_MAX; page++) {
        const query = { state: 'active', cursor, limit: LEASES_MAX } as const;
        const answer = await fetchResource(ws, queryKey, 'leases', { query, signal });
        noteFigures({ leases: answer.items });
        items.push(...answer.items);
        if (answer.next_cursor === null) return { items, isWhole: true };
        cursor = answer.next_cursor;
      }
      return { items, isWhole: false };
    },
  });
};

/** Leases of a state, newest token first, page by page. */
export const useLeaseList = (
  query: LeaseListQuery,
  isEnabled = true,
): UseInfiniteQueryResult<InfiniteData<LeaseList>> => {
  const ws = useWorkspaceId();
  const queryKey = keys.leaseList(ws, query);
  return useInfiniteQuery({
    queryKey,
    enabled: isEnabled,
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: LeaseList) => last.next_cursor ?? undefined,
    queryFn: async ({ pageParam, signal }) => {
      const options = { query: { ...query, cursor: pageParam, limit: LEASES_MAX }, signal };
      const data = await fetchResource(ws, queryKey, 'leases', options);
      noteFigures({ leases: data.items });
      return data;
    },
  });
};

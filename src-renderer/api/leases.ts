import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Lease } from '../../src-server/contract/lease.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import { noteFigures } from './volatile.ts';
import { useWorkspaceId } from './workspace-context.ts';

const LEASES_MAX = 200;

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

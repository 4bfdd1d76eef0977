import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Explain } from '../../src-server/contract/decision.ts';
import type { BodyOf } from './calls.ts';
import { call } from './client.ts';
import { keys } from './keys.ts';
import { useWorkspaceId } from './workspace-context.ts';

/** How long an answer about "now" is shown again for the same job. */
const FRESH_MS = 5_000;

/** Where a job would go if it were submitted now; null turns it off. */
export const useJobPreview = (spec: BodyOf<'jobPreview'> | null): UseQueryResult<Explain> => {
  const ws = useWorkspaceId();
  return useQuery({
    queryKey: keys.preview(ws, spec),
    enabled: spec !== null,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    gcTime: FRESH_MS,
    retry: false,
    queryFn: ({ signal }) => call('jobPreview', { params: { workspace_id: ws }, body: spec ?? undefined, signal }),
  });
};

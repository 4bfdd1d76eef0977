import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import type { z } from 'zod';
import type { Policy, PolicyDiff, policyVersions } from '../../src-server/contract/policy.ts';
import type { WhatIfAnswer } from '../../src-server/contract/what-if.ts';
import type { BodyOf } from './calls.ts';
import { call } from './client.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import { useWorkspaceId } from './workspace-context.ts';

const VERSIONS_PAGE = 50;
type PolicyVersions = z.infer<typeof policyVersions>;

/** The policy in force. The stream keeps it fresh. */
export const usePolicy = (): UseQueryResult<Policy> => {
  const ws = useWorkspaceId();
  const queryKey = keys.policy(ws);
  return useQuery({ queryKey, queryFn: ({ signal }) => fetchResource(ws, queryKey, 'policy', { signal }) });
};

/** Published versions, newest first, page by page. */
export const usePolicyVersions = (isEnabled: boolean): UseInfiniteQueryResult<InfiniteData<PolicyVersions>> => {
  const ws = useWorkspaceId();
  const queryKey = keys.policyVersions(ws);
  return useInfiniteQuery({
    queryKey,
    enabled: isEnabled,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: PolicyVersions) => last.next_cursor ?? undefined,
    queryFn: ({ pageParam, signal }) =>
      fetchResource(ws, queryKey, 'policyVersions', { query: { cursor: pageParam, limit: VERSIONS_PAGE }, signal }),
  });
};

/** What differs between two versions; versions never change. Null turns it off. */
export const usePolicyDiff = (from: number, to: number | null): UseQueryResult<PolicyDiff> => {
  const ws = useWorkspaceId();
  return useQuery({
    queryKey: keys.policyDiff(ws, from, to ?? 0),
    enabled: to !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      call('policyDiff', { params: { workspace_id: ws }, query: { from, to: to ?? from }, signal }),
  });
};

/** What a draft would change of the version in force, in words. */
export const useDraftDiff = (version: number, draft: BodyOf<'policyDraftDiff'> | null): UseQueryResult<PolicyDiff> => {
  const ws = useWorkspaceId();
  return useQuery({
    queryKey: keys.draftDiff(ws, version, draft),
    enabled: draft !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      call('policyDraftDiff', { params: { workspace_id: ws }, body: draft ?? undefined, signal }),
  });
};

export type WhatIfQuestion = NonNullable<BodyOf<'policySimulate'>>;

/**
 * What a draft would have done to the past; null turns it off. The same question is not asked twice: the answer tells up
 * to which entry it looked, and `refetch` looks again.
 * @param basis what is in force, by version: what the draft leaves out is taken from it.
 */
export const useWhatIf = (asked: WhatIfQuestion | null, basis: string): UseQueryResult<WhatIfAnswer> => {
  const ws = useWorkspaceId();
  return useQuery({
    queryKey: keys.whatIf(ws, basis, asked),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
    queryFn: ({ signal }) => call('policySimulate', { params: { workspace_id: ws }, body: asked ?? undefined, signal }),
  });
};

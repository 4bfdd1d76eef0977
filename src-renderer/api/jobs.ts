import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { ActionItem } from '../../src-server/contract/agent.ts';
import type { DecisionRecord, Explain } from '../../src-server/contract/decision.ts';
import type { Job, JobList } from '../../src-server/contract/job.ts';
import type { EvidenceItem } from '../../src-server/contract/workspace.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import { FIRST_PAGE_ITEMS, PAGE_ITEMS, prepareList } from './prepare-list.ts';
import type { JobListQuery } from './query-types.ts';
import { useWorkspaceId } from './workspace-context.ts';

const jobsQuery = (ws: string, query: JobListQuery) => {
  const queryKey = keys.jobs(ws, query);
  return infiniteQueryOptions({
    queryKey,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: JobList) => last.next_cursor ?? undefined,
    queryFn: ({ pageParam, signal }) => {
      const limit = pageParam === undefined ? FIRST_PAGE_ITEMS : PAGE_ITEMS;
      return fetchResource(ws, queryKey, 'jobs', { query: { ...query, cursor: pageParam, limit }, signal });
    },
  });
};

/** Jobs that match the filters, newest first, page by page; `counts` are those of the whole workspace. */
export const useJobs = (query: JobListQuery = {}): UseInfiniteQueryResult<InfiniteData<JobList>> =>
  useInfiniteQuery({ ...jobsQuery(useWorkspaceId(), query), placeholderData: keepPreviousData });

/** Asks for jobs before they are shown, see `prepareList`. */
export const usePrepareJobs = () => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  return (query: JobListQuery, signal: AbortSignal) => {
    const options = jobsQuery(ws, query);
    return prepareList(client, options.queryKey, () => client.prefetchInfiniteQuery(options), signal);
  };
};

/** One job with its attempts. */
export const useJob = (jobId: string, isEnabled = true): UseQueryResult<Job> => {
  const ws = useWorkspaceId();
  const queryKey = keys.job(ws, jobId);
  return useQuery({
    queryKey,
    enabled: isEnabled,
    queryFn: ({ signal }) => fetchResource(ws, queryKey, 'job', { params: { job_id: jobId }, signal }),
  });
};

/** Every source judged by every rule, now. */
export const useJobExplain = (jobId: string, isEnabled = true): UseQueryResult<Explain> => {
  const ws = useWorkspaceId();
  const queryKey = keys.jobPart(ws, jobId, 'explain');
  return useQuery({
    queryKey,
    enabled: isEnabled,
    queryFn: ({ signal }) => fetchResource(ws, queryKey, 'jobExplain', { params: { job_id: jobId }, signal }),
  });
};

/** The series of answers, newest first. */
export const useJobDecisions = (jobId: string): UseQueryResult<DecisionRecord[]> => {
  const ws = useWorkspaceId();
  const queryKey = keys.jobPart(ws, jobId, 'decisions');
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) =>
      (await fetchResource(ws, queryKey, 'jobDecisions', { params: { job_id: jobId }, signal })).items,
  });
};

/** Entries of the log that name the job, by sequence. */
export const useJobEvidence = (jobId: string): UseQueryResult<EvidenceItem[]> => {
  const ws = useWorkspaceId();
  const queryKey = keys.jobPart(ws, jobId, 'evidence');
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) =>
      (await fetchResource(ws, queryKey, 'evidence', { query: { job_id: jobId, limit: '200' }, signal })).items,
  });
};

/** Calls of an agent job, oldest first. */
export const useJobActions = (jobId: string): UseQueryResult<ActionItem[]> => {
  const ws = useWorkspaceId();
  const queryKey = keys.jobPart(ws, jobId, 'actions');
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) =>
      (await fetchResource(ws, queryKey, 'jobActions', { params: { job_id: jobId }, signal })).items,
  });
};

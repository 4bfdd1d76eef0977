import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import type { z } from 'zod';
import type { admissionList } from '../../src-server/contract/admission.ts';
import type { ApprovalDetail, approvalList } from '../../src-server/contract/approval.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import { noteFigures } from './volatile.ts';
import { useWorkspaceId } from './workspace-context.ts';

export type ApprovalPage = z.infer<typeof approvalList>;
export type AdmissionPage = z.infer<typeof admissionList>;
const PAGE_ITEMS = 100;
const nextCursor = (last: { next_cursor: string | null }) => last.next_cursor ?? undefined;

/** Approvals in these states (with commas), newest first, page by page. */
export const useApprovals = (status: string): UseInfiniteQueryResult<InfiniteData<ApprovalPage>> => {
  const ws = useWorkspaceId();
  const queryKey = keys.approvals(ws, status);
  return useInfiniteQuery({
    queryKey,
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextCursor,
    queryFn: async ({ pageParam, signal }) => {
      const query = { status, cursor: pageParam, limit: PAGE_ITEMS };
      const page = await fetchResource(ws, queryKey, 'approvals', { query, signal });
      noteFigures({ approvals: page.items });
      return page;
    },
  });
};

/** Admissions in these states (with commas), newest first, page by page. */
export const useAdmissions = (status: string): UseInfiniteQueryResult<InfiniteData<AdmissionPage>> => {
  const ws = useWorkspaceId();
  const queryKey = keys.admissions(ws, status);
  return useInfiniteQuery({
    queryKey,
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextCursor,
    queryFn: async ({ pageParam, signal }) => {
      const query = { status, cursor: pageParam, limit: PAGE_ITEMS };
      const page = await fetchResource(ws, queryKey, 'admissions', { query, signal });
      noteFigures({ admissions: page.items });
      return page;
    },
  });
};

/** One approval with its effects and what changed; null turns it off. */
export const useApproval = (id: string | null): UseQueryResult<ApprovalDetail> => {
  const ws = useWorkspaceId();
  const queryKey = keys.approval(ws, id ?? '');
  return useQuery({
    queryKey,
    enabled: id !== null,
    queryFn: async ({ signal }) => {
      const params = { approval_id: id ?? '' };
      const data = await fetchResource(ws, queryKey, 'approval', { params, signal });
      noteFigures({ approvals: [data] });
      return data;
    },
  });
};

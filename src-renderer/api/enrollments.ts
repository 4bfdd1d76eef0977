import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Enrollment } from '../../src-server/contract/source.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import { useWorkspaceId } from './workspace-context.ts';

/** One enrollment and whether its credential was used; null turns it off. The stream keeps it fresh. */
export const useEnrollment = (enrollmentId: string | null): UseQueryResult<Enrollment> => {
  const ws = useWorkspaceId();
  const queryKey = keys.enrollment(ws, enrollmentId ?? '');
  return useQuery({
    queryKey,
    enabled: enrollmentId !== null,
    queryFn: ({ signal }) =>
      fetchResource(ws, queryKey, 'enrollment', { params: { enrollment_id: enrollmentId ?? '' }, signal }),
  });
};

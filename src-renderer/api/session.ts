import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Right } from '../../src-server/contract/terms.ts';
import type { SessionInfo } from '../../src-server/contract/workspace.ts';
import { call } from './client.ts';
import { keys } from './keys.ts';

/** Who is signed in, what they may do, the workspaces and the plane behind. */
export const useSession = (): UseQueryResult<SessionInfo> =>
  useQuery({ queryKey: keys.session, queryFn: ({ signal }) => call('session', { signal }) });

const NEEDED_ROLE: Readonly<Record<Right, string>> = {
  view: 'viewer',
  operate: 'operator',
  approve: 'approver',
  admin: 'admin',
};

/** Undefined when the signed-in operator has the right; else the sentence that stands beside the disabled control. */
export const useLackOf = (right: Right): string | undefined => {
  const { data } = useSession();
  if (data === undefined) return 'Checking what you may do.';
  if (data.rights.includes(right)) return undefined;
  return `Your role is ${data.operator.role}. This needs ${NEEDED_ROLE[right]} or admin.`;
};

import { queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useContext } from 'react';
import type { Right } from '../../src-server/contract/terms.ts';
import type { SessionInfo } from '../../src-server/contract/workspace.ts';
import { call } from './client.ts';
import { keys } from './keys.ts';
import { usePlaceId } from './place-context.ts';
import { WorkspaceContext } from './workspace-context.ts';

/** Who one is at a control plane, what they may do there, its workspaces and the plane itself. */
export const sessionQuery = (placeId: string | null) =>
  queryOptions({ queryKey: keys.sessionAt(placeId), queryFn: ({ signal }) => call('session', { signal, placeId }) });

/** The session at the control plane on screen: for a remote one, that of its token. */
export const useSession = (): UseQueryResult<SessionInfo> => useQuery(sessionQuery(usePlaceId()));

/** The session at the control plane that serves this page, whichever one is on screen. */
export const useOwnSession = (): UseQueryResult<SessionInfo> => useQuery(sessionQuery(null));

const NEEDED_ROLE: Readonly<Record<Right, string>> = {
  view: 'viewer',
  operate: 'operator',
  approve: 'approver',
  admin: 'admin',
};

/** Undefined when the signed-in operator has the right; else the sentence that stands beside the disabled control. */
export const useLackOf = (right: Right): string | undefined => {
  const { data } = useSession();
  const ws = useContext(WorkspaceContext);
  if (data === undefined) return 'Checking what you may do.';
  if (right !== 'view' && ws !== null && data.demos.includes(ws)) return 'This is a demo: it follows its story.';
  if (data.rights.includes(right)) return undefined;
  return `Your role is ${data.operator.role}. This needs ${NEEDED_ROLE[right]} or admin.`;
};

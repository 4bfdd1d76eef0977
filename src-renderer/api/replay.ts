import { keepPreviousData, type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query';
import type { DecisionReplay, ReplayAnswer } from '../../src-server/contract/replay.ts';
import { call } from './client.ts';
import { keys } from './keys.ts';
import { useWorkspaceId } from './workspace-context.ts';

/** The workspace right after an entry. The past never changes, so each moment is fetched once. */
export const useReplay = (at: number): UseQueryResult<ReplayAnswer> => {
  const ws = useWorkspaceId();
  return useQuery({
    queryKey: keys.replay(ws, at),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call('replay', { params: { workspace_id: ws }, query: { at }, signal }),
  });
};

/** Makes a recorded decision again, when it is asked to. */
export const useDecisionReplay = () => {
  const ws = useWorkspaceId();
  return useMutation<DecisionReplay, Error, string>({
    mutationFn: (decisionId) => call('replayDecision', { params: { workspace_id: ws, decision_id: decisionId } }),
  });
};

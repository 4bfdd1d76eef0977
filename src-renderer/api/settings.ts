import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Settings } from '../../src-server/contract/workspace.ts';
import type { AnswerOf } from './calls.ts';
import { call } from './client.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import { usePlaceId } from './place-context.ts';
import { useWorkspaceId } from './workspace-context.ts';

export type OperatorItem = AnswerOf<'operators'>['items'][number];
export type ApiKeyItem = AnswerOf<'apiKeys'>['items'][number];

/** Settings of the workspace. */
export const useSettings = (): UseQueryResult<Settings> => {
  const ws = useWorkspaceId();
  const queryKey = keys.settings(ws);
  return useQuery({ queryKey, queryFn: ({ signal }) => fetchResource(ws, queryKey, 'settings', { signal }) });
};

/** Operators of the plane, revoked ones too; only an admin may ask. */
export const useOperators = (isEnabled: boolean): UseQueryResult<OperatorItem[]> => {
  const placeId = usePlaceId();
  return useQuery({
    queryKey: keys.operators(placeId),
    enabled: isEnabled,
    queryFn: async ({ signal }) => (await call('operators', { signal, placeId })).items,
  });
};

/** API keys of the workspace by prefix, revoked ones too. */
export const useApiKeys = (): UseQueryResult<ApiKeyItem[]> => {
  const ws = useWorkspaceId();
  const queryKey = keys.apiKeys(ws);
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => (await fetchResource(ws, queryKey, 'apiKeys', { signal })).items,
  });
};

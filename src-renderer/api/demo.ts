import { type QueryClient, type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { Demo, DemoScenario, DemoSteer } from '../../src-server/contract/demo.ts';
import { call } from './client.ts';
import { keys } from './keys.ts';
import { useOwnSession } from './session.ts';
import { useWorkspaceId } from './workspace-context.ts';

/** How often a demo that plays is looked at, ms. */
const LOOK_MS = 400;
/** How often one that stands still is: it must not be taken for left. */
const STAY_MS = 60_000;

/** True where the workspace is a demo's: a plane in memory on a virtual clock. */
export const useIsDemo = (workspaceId: string): boolean => useOwnSession().data?.demos.includes(workspaceId) ?? false;

export const useDemoScenarios = (): UseQueryResult<DemoScenario[]> =>
  useQuery({
    queryKey: keys.demoScenarios,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await call('demoScenarios', { signal, placeId: null })).items,
  });

/** The demo on screen; looked at often while it plays. */
export const useDemo = (): UseQueryResult<Demo> => {
  const ws = useWorkspaceId();
  return useQuery<Demo>({
    queryKey: keys.demo(ws),
    refetchInterval: ({ state }) => (state.data?.state === 'playing' ? LOOK_MS : STAY_MS),
    queryFn: ({ signal }) => call('demo', { params: { workspace_id: ws }, placeId: null, signal }),
  });
};

/** Begins a demo; the session knows of it when this resolves. @returns its workspace. */
export const startDemo = async (client: QueryClient, scenario: string): Promise<string> => {
  const begun = await call('demoStart', { body: { scenario }, placeId: null });
  client.setQueryData(keys.demo(begun.workspace_id), begun);
  await client.refetchQueries({ queryKey: keys.sessionAt(null) });
  return begun.workspace_id;
};

/** Ends a demo. One that is gone already is as good as ended. */
export const endDemo = async (client: QueryClient, workspaceId: string): Promise<void> => {
  await call('demoEnd', { params: { workspace_id: workspaceId }, placeId: null }).catch(() => undefined);
  await client.refetchQueries({ queryKey: keys.sessionAt(null) });
};

/** Steers the demo on screen. When time went back, all that is known of its workspace is fetched again. */
export const useSteer = (): { steer: (wish: DemoSteer) => Promise<void>; error: unknown } => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const steer = useCallback(
    async (wish: DemoSteer) => {
      const before = client.getQueryData<Demo>(keys.demo(ws))?.run;
      try {
        await client.cancelQueries({ queryKey: keys.demo(ws) });
        const shown = await call('demoSteer', { params: { workspace_id: ws }, body: wish, placeId: null });
        client.setQueryData(keys.demo(ws), shown);
        setError(null);
        if (shown.run !== before)
          void client.invalidateQueries({
            queryKey: keys.workspace(ws),
            predicate: ({ queryKey }) => queryKey[2] !== 'demo',
          });
      } catch (cause) {
        setError(cause);
      }
    },
    [client, ws],
  );
  return { steer, error };
};

import type { QueryClient } from '@tanstack/react-query';
import { isEarly, shownWorkspace } from './api/early-answers.ts';
import { overviewQuery } from './api/overview.ts';
import { remotesQuery } from './api/remotes.ts';
import { sessionQuery } from './api/session.ts';
import { routes } from './routes.ts';
import { sleep } from './stores/clock.ts';

/** A control plane that takes longer is not waited for: the frame then stands before its data. */
const PATIENCE_MS = 200;

/**
 * Takes up what was asked for early, so that the first screen is drawn once and not once more for each of its answers.
 * @param path of the address
 * @returns where to start instead: the bare address leads to the first workspace; null: where the address says
 */
export const takeFirstAnswers = async (client: QueryClient, path: string): Promise<string | null> => {
  let to: string | null = null;
  const gather = async () => {
    const { queryKey } = sessionQuery(null);
    await Promise.all([client.prefetchQuery(sessionQuery(null)), client.prefetchQuery(remotesQuery)]);
    const own = client.getQueryData(queryKey)?.workspaces.map((workspace) => workspace.workspace_id) ?? [];
    const shown = shownWorkspace(path, own);
    if (shown === undefined) return;
    if (path === routes.home()) to = routes.overview(shown);
    await client.prefetchQuery(overviewQuery(shown, '1h'));
  };
  if (isEarly(path)) await Promise.race([gather(), sleep(PATIENCE_MS)]);
  return to;
};

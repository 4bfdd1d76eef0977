import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Fetches everything below the key again. A first answer that is on its way is not begun anew but joined, and may have been read
 * before the change that asks: then it is fetched once more.
 */
export const renew = async (client: QueryClient, queryKey: QueryKey): Promise<void> => {
  const isJoined = client
    .getQueryCache()
    .findAll({ queryKey })
    .some(({ state }) => state.data === undefined && state.fetchStatus === 'fetching');
  await client.invalidateQueries({ queryKey });
  if (isJoined) await client.invalidateQueries({ queryKey });
};

import type { QueryClient, QueryKey } from '@tanstack/react-query';

/** What the first screen shows and a little more; further pages are as large as they may be, for whoever scrolls on. */
export const FIRST_PAGE_ITEMS = 100;
export const PAGE_ITEMS = 200;

/**
 * Asks for the first page of a list before it is shown; ends when it is here, or will not come. One that is given up meanwhile is
 * taken back, unless a screen waits for it by now.
 * @param fetch asks, and leaves the answer under `queryKey`
 */
export const prepareList = async (
  client: QueryClient,
  queryKey: QueryKey,
  fetch: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const takeBack = () => {
    if ((client.getQueryCache().find({ queryKey })?.getObserversCount() ?? 0) > 0) return;
    void client.cancelQueries({ queryKey, exact: true });
  };
  signal.addEventListener('abort', takeBack);
  await fetch();
  signal.removeEventListener('abort', takeBack);
};

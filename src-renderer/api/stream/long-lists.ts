import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query';
import { keys } from '../keys.ts';

/** A list of more pages is not fetched again as a whole: its pages come one after the other, and there may be a thousand. */
const PAGES_MAX = 4;

const pagesOf = ({ state, queryKey }: Pick<Query, 'state' | 'queryKey'>): number => {
  const isList = queryKey[2] === 'jobs' || queryKey[2] === 'sources';
  return isList ? ((state.data as InfiniteData<unknown> | undefined)?.pages.length ?? 0) : 0;
};

/** Does the cached answer hold so many pages that the stream alone keeps it? */
export const isLongList = (query: Pick<Query, 'state' | 'queryKey'>): boolean => pagesOf(query) > PAGES_MAX;

/** Cuts long lists to their first pages, because what follows has to be fetched afresh: the rest comes by scrolling. */
export const shortenLists = (client: QueryClient, ws: string): void => {
  for (const query of client.getQueryCache().findAll({ queryKey: keys.workspace(ws), predicate: isLongList })) {
    client.setQueryData<InfiniteData<unknown>>(query.queryKey, (data) =>
      data === undefined
        ? data
        : { pages: data.pages.slice(0, PAGES_MAX), pageParams: data.pageParams.slice(0, PAGES_MAX) },
    );
  }
};

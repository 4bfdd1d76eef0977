import type { Query, QueryCacheNotifyEvent, QueryClient, QueryKey } from '@tanstack/react-query';
import type { StreamChange } from '../../../src-server/contract/stream.ts';
import { relayChanges } from './apply-changes.ts';
import type { Refresher } from './refresher.ts';

/** Changes that are kept for answers on their way: five seconds of a storm. An answer that takes longer is asked for again. */
const KEPT_MAX = 5_000;
const FOLLOWED: ReadonlySet<unknown> = new Set(['job', 'jobs', 'source', 'sources']);

export interface FollowedAnswers {
  /** Told of each batch before it is laid over the cache. */
  note: (changes: readonly StreamChange[]) => void;
  keptCount: () => number;
  stop: () => void;
}

/**
 * An answer on its way tells of the moment when it was read. What the stream brought since then was laid over the answer that it
 * now replaces, or over nothing; so it is laid over the new one too, where it is newer.
 */
export const followAnswers = (client: QueryClient, ws: string, refresher: Refresher): FollowedAnswers => {
  /** By query: how many changes had been told when its fetch began. */
  const begunAt = new Map<string, number>();
  let kept: StreamChange[] = [];
  let toldCount = 0;

  const end = (hash: string): void => {
    begunAt.delete(hash);
    if (begunAt.size === 0) kept = [];
  };
  const land = (hash: string, key: QueryKey): void => {
    const begun = begunAt.get(hash);
    if (begun === undefined) return;
    const missed = toldCount - begun;
    const changes = missed === 0 ? [] : kept.slice(-missed);
    const isCut = changes.length < missed;
    end(hash);
    if (changes.length > 0) relayChanges(client, ws, changes, refresher, hash);
    if (isCut) refresher.refresh(key);
  };
  const isFollowed = ({ queryKey: [root, place, resource] }: Pick<Query, 'queryKey'>): boolean =>
    root === 'ws' && place === ws && FOLLOWED.has(resource);
  // What is on screen asks before its board does.
  for (const query of client.getQueryCache().findAll({ predicate: isFollowed }))
    if (query.state.fetchStatus === 'fetching') begunAt.set(query.queryHash, 0);
  const watch = (event: QueryCacheNotifyEvent): void => {
    const { queryKey, queryHash } = event.query;
    if (!isFollowed(event.query)) return;
    if (event.type === 'removed') end(queryHash);
    if (event.type !== 'updated') return;
    const { action } = event;
    if (action.type === 'fetch' && !begunAt.has(queryHash)) begunAt.set(queryHash, toldCount);
    else if (action.type === 'success' && action.manual !== true) land(queryHash, queryKey);
    else if (event.query.state.fetchStatus === 'idle' && action.type !== 'success') end(queryHash);
  };
  const unsubscribe = client.getQueryCache().subscribe(watch);
  return {
    note: (changes) => {
      toldCount += changes.length;
      if (begunAt.size > 0) kept = [...kept, ...changes].slice(-KEPT_MAX);
    },
    keptCount: () => kept.length,
    stop: unsubscribe,
  };
};

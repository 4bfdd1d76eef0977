import { QueryClient } from '@tanstack/react-query';
import { isFinal } from './client.ts';

const RETRIES = 2;

/** Fresh data comes by the stream, so answers never grow stale by time; a lost stream fetches them again. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // A plane on loopback answers although the browser believes to be offline.
        networkMode: 'always',
        retry: (failures, error) => failures < RETRIES && !isFinal(error),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });

import { type QueryClient, queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query';
import {
  REMOTES_PATH,
  type Remote,
  type RemoteColour,
  type RemoteList,
  type RemoteTest,
  remote,
  remoteAdded,
  remoteList,
  remoteTest,
} from '../../src-server/contract/console.ts';
import { usePlaces } from '../stores/places.ts';
import { consoleCall } from './console-call.ts';
import { keys } from './keys.ts';

/** The remote workspaces of this console; whoever asks also learns where each workspace is. */
export const remotesQuery = queryOptions({
  queryKey: keys.remotes,
  retry: false,
  // Where no host offers any, asking again at each mount would take the shell away while it waits, and so for ever.
  retryOnMount: false,
  queryFn: async ({ signal }) => {
    const found = await consoleCall('GET', REMOTES_PATH, remoteList, { signal });
    usePlaces.getState().setRemotes(found.items);
    return found;
  },
});
export const useRemotes = (): UseQueryResult<RemoteList> => useQuery(remotesQuery);

/** The test of a kept remote, asked for once when it is shown and again on demand. */
export const useRemoteTest = (id: string): UseQueryResult<RemoteTest> =>
  useQuery({
    queryKey: keys.remoteTest(id),
    retry: false,
    queryFn: ({ signal }) => consoleCall('POST', `${REMOTES_PATH}/${id}/test`, remoteTest, { body: {}, signal }),
  });

export const testAddress = (url: string, token: string): Promise<RemoteTest> =>
  consoleCall('POST', `${REMOTES_PATH}/test`, remoteTest, { body: { url, token } });

/** Adds a remote; it is known to the whole console when this resolves. */
export const addRemote = async (client: QueryClient, url: string, token: string): Promise<Remote> => {
  const added = await consoleCall('POST', REMOTES_PATH, remoteAdded, { body: { url, token } });
  await client.refetchQueries({ queryKey: keys.remotes });
  return added.remote;
};

export const changeRemote = async (
  client: QueryClient,
  id: string,
  change: { colour?: RemoteColour; token?: string },
): Promise<Remote> => {
  const changed = await consoleCall('PATCH', `${REMOTES_PATH}/${id}`, remote, { body: change });
  await client.refetchQueries({ queryKey: keys.remotes });
  return changed;
};

export const removeRemote = async (client: QueryClient, id: string): Promise<void> => {
  await consoleCall('DELETE', `${REMOTES_PATH}/${id}`, null);
  await client.refetchQueries({ queryKey: keys.remotes });
};

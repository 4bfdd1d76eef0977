import { create } from 'zustand';
import { type Remote, remotePath } from '../../src-server/contract/console.ts';

interface PlacesState {
  /** Remote control planes that this console knows; empty until they were asked for. */
  remotes: readonly Remote[];
  setRemotes: (remotes: readonly Remote[]) => void;
}

/** Where each workspace is: at the control plane that serves this page, or at a remote one that its host carries calls to. */
export const usePlaces = create<PlacesState>((set) => ({
  remotes: [],
  setRemotes: (remotes) => set({ remotes }),
}));

const remoteWith = (remotes: readonly Remote[], workspaceId: string): Remote | null =>
  remotes.find((each) => each.workspaces.some((w) => w.workspace_id === workspaceId)) ?? null;

/** The remote that has this workspace; null for one of this console's own control plane. */
export const useRemoteOf = (workspaceId: string): Remote | null =>
  usePlaces(({ remotes }) => remoteWith(remotes, workspaceId));

/** Id of the remote that has this workspace, outside of a component; null for an own one. */
export const remoteIdOf = (workspaceId: string): string | null =>
  remoteWith(usePlaces.getState().remotes, workspaceId)?.remote_id ?? null;

/** What an address of a remote starts with, without the first slash; empty for the own control plane. */
export const prefixOf = (id: string | null): string => (id === null ? '' : remotePath(id).slice(1));

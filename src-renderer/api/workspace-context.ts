import { createContext, useContext } from 'react';

/** The workspace of the address; the board provides it to everything below. */
export const WorkspaceContext = createContext<string | null>(null);

/** Id of the workspace on screen. */
export const useWorkspaceId = (): string => {
  const id = useContext(WorkspaceContext);
  if (id === null) throw new Error('useWorkspaceId is used outside of a workspace');
  return id;
};

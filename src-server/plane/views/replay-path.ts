/** Where the console shows the workspace as it was right after an entry. */
export const replayPath = (workspaceId: string, seq: number): string => `/dashboard/${workspaceId}/replay?at=${seq}`;

import { sessionHeaders } from './session-key.ts';

/** What the first screen is made of, by name: the table of routes is not read yet when they are asked for (a test compares). */
export const EARLY_PATHS = {
  session: '/api/v1/session',
  remotes: '/console/remotes',
  overview: (workspaceId: string) => `/api/v1/workspaces/${encodeURIComponent(workspaceId)}/overview?range=1h`,
} as const;
const BOARD = /^\/dashboard\/([^/]+)/;

const answers = new Map<string, Promise<Response>>();

/** Reads the answer whole, so that one that nobody takes holds no connection. */
const ask = (url: string): Promise<Response> => {
  const answer = fetch(url, {
    headers: { Accept: 'application/json', ...sessionHeaders() },
    credentials: 'same-origin',
  }).then(async (response) => new Response(await response.arrayBuffer(), response));
  // Whoever takes it hears of its failure; nobody may.
  answer.catch(() => undefined);
  answers.set(url, answer);
  return answer;
};

const workspacesOf = async (session: Response): Promise<string[]> => {
  const known: { workspaces?: { workspace_id: string }[] } = session.ok ? await session.clone().json() : {};
  return (known.workspaces ?? []).map((workspace) => workspace.workspace_id);
};

/** Is it an address whose first screen is known: a board, or the bare one that leads to the first workspace? */
export const isEarly = (path: string): boolean => path === '/' || BOARD.test(path);

/**
 * The workspace that is shown there.
 * @param own those of this control plane: one of a remote plane has other addresses, and is not asked for early.
 */
export const shownWorkspace = (path: string, own: readonly string[]): string | undefined => {
  const named = BOARD.exec(path)?.[1];
  return named === undefined ? own[0] : own.find((id) => id === decodeURIComponent(named));
};

/**
 * Asks for what every first screen shows before the scripts that draw it have started, instead of one after the other by them.
 * @param path of the address
 */
export const askEarly = async (path: string): Promise<void> => {
  if (!isEarly(path)) return;
  void ask(EARLY_PATHS.remotes);
  const shown = shownWorkspace(path, await workspacesOf(await ask(EARLY_PATHS.session)));
  if (shown !== undefined) await ask(EARLY_PATHS.overview(shown));
};

/** The answer that was asked for early, for the first who wants it; undefined where there is none. */
export const takeEarly = (url: string): Promise<Response> | undefined => {
  const answer = answers.get(url);
  answers.delete(url);
  return answer;
};

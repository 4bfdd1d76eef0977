/** Every address of the console as a function; the router and all links read this one file. */

type Query = Record<string, string | undefined>;
const withQuery = (path: string, query: Query = {}): string => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(key, value);
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
};
const board = (workspaceId: string) => `/dashboard/${encodeURIComponent(workspaceId)}`;

export const routes = {
  home: () => '/',
  signIn: () => '/sign-in',
  overview: (workspaceId: string, query?: { range?: string }) => withQuery(`${board(workspaceId)}/compute`, query),
  jobs: (workspaceId: string, query?: { state?: string; source_id?: string; compute_class?: string; q?: string }) =>
    withQuery(`${board(workspaceId)}/jobs`, query),
  submitJob: (workspaceId: string) => withQuery(`${board(workspaceId)}/jobs`, { open: 'submit' }),
  job: (workspaceId: string, jobId: string) => `${board(workspaceId)}/jobs/${encodeURIComponent(jobId)}`,
  approvals: (workspaceId: string, query?: { show?: string; item?: string; open?: string; network?: string }) =>
    withQuery(`${board(workspaceId)}/approvals`, query),
  sources: (workspaceId: string, query?: { state?: string; side?: string; q?: string; source?: string }) =>
    withQuery(`${board(workspaceId)}/sources`, query),
  leases: (workspaceId: string, query?: { view?: string; state?: string; q?: string; lease?: string }) =>
    withQuery(`${board(workspaceId)}/leases`, query),
  routing: (workspaceId: string, query?: { open?: string; version?: string }) =>
    withQuery(`${board(workspaceId)}/routing`, query),
  budgets: (workspaceId: string, query?: { open?: string; limit?: string; view?: string }) =>
    withQuery(`${board(workspaceId)}/budgets`, query),
  evidence: (workspaceId: string, query?: { entry?: string; open?: string }) =>
    withQuery(`${board(workspaceId)}/evidence`, query),
  replay: (workspaceId: string, at: number) => withQuery(`${board(workspaceId)}/replay`, { at: String(at) }),
  demo: (workspaceId: string, query?: { scenario?: string }) => withQuery(`${board(workspaceId)}/demo`, query),
  settings: (workspaceId: string) => `${board(workspaceId)}/settings`,
  addRunner: (workspaceId: string, query?: Query) => withQuery(`${board(workspaceId)}/sources/add`, query),
} as const;

/** The same addresses as patterns of the router. */
export const PATTERNS = {
  home: '/',
  signIn: '/sign-in',
  board: '/dashboard/:workspaceId',
  overview: 'compute',
  jobs: 'jobs',
  job: 'jobs/:jobId',
  approvals: 'approvals',
  sources: 'sources',
  addRunner: 'sources/add',
  leases: 'leases',
  routing: 'routing',
  budgets: 'budgets',
  evidence: 'evidence',
  replay: 'replay',
  demo: 'demo',
  settings: 'settings',
} as const;

import type { RouteSpec } from '../../src-server/contract/routes/route-spec.ts';
import { ROUTES } from '../../src-server/contract/routes.ts';
import { now } from '../stores/clock.ts';
import { useConnection } from '../stores/connection.ts';
import { prefixOf, remoteIdOf } from '../stores/places.ts';
import { type AnswerOf, type BodyOf, CALLS, type CallId, type QueryOf } from './calls.ts';
import { takeEarly } from './early-answers.ts';
import { newIdempotencyKey } from './ids.ts';
import { ApiProblem, toApiProblem, unanswered, unreachable } from './problem.ts';
import { sessionHeaders } from './session-key.ts';

let base = '/';

/** Where this page's host answers: `/` of its own origin, in a browser and in the app. */
export const setApiBase = (url: string): void => {
  base = url.endsWith('/') ? url : `${url}/`;
};

export const apiBase = (): string => base;

export interface CallOptions<C extends CallId> {
  /** Members of the path, such as `workspace_id`, which also says at which control plane. */
  params?: Readonly<Record<string, string>>;
  /** Which control plane, where the path names no workspace: a remote's id, or null for the own one. */
  placeId?: string | null;
  query?: QueryOf<C>;
  body?: BodyOf<C>;
  signal?: AbortSignal;
  /** Give one to repeat a request safely; else each call makes its own. */
  idempotencyKey?: string;
}
export interface Answer<T> {
  data: T;
  /** The log's newest entry when the answer was made (`CC-Seq`), or null where the route has none. */
  seq: number | null;
}

/** The full address of a route; throws where a member of the path is missing. */
export const addressOf = (
  path: string,
  params: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
  placeId: string | null = params.workspace_id === undefined ? null : remoteIdOf(params.workspace_id),
): string => {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`The path ${path} needs ${name}`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return `${base}${prefixOf(placeId)}${filled.slice(1)}${text === '' ? '' : `?${text}`}`;
};

const SIGNED_OUT_CODES: readonly string[] = ['auth.missing', 'auth.invalid', 'session.expired'];

export const readProblem = async (response: Response): Promise<ApiProblem> => {
  const document: unknown = await response.json().catch(() => null);
  const found = toApiProblem(response.status, document);
  if (response.status === 401 && SIGNED_OUT_CODES.includes(found.code)) {
    useConnection.getState().become('signed_out', now());
  }
  if (found.code === 'remote.token_refused') useConnection.getState().become('token_refused', now());
  return found;
};

const requestOf = <C extends CallId>(route: RouteSpec, options: CallOptions<C>): RequestInit => {
  const headers: Record<string, string> = { Accept: 'application/json', ...sessionHeaders() };
  if (route.method !== 'GET') headers['Idempotency-Key'] = options.idempotencyKey ?? newIdempotencyKey();
  const hasBody = route.body !== undefined;
  if (hasBody) headers['Content-Type'] = 'application/json';
  return {
    method: route.method,
    headers,
    credentials: 'same-origin',
    signal: options.signal,
    body: hasBody ? JSON.stringify(options.body ?? {}) : undefined,
  };
};

/**
 * Calls one route of the contract and checks the answer against its schema.
 * @throws {ApiProblem} with the plane's code, `network.unreachable` or `answer.unreadable`; an abort stays an abort.
 */
export const callWithSeq = async <C extends CallId>(
  id: C,
  options: CallOptions<C> = {},
): Promise<Answer<AnswerOf<C>>> => {
  const route: RouteSpec = ROUTES[id];
  const url = addressOf(
    route.path,
    options.params,
    options.query as Record<string, string> | undefined,
    options.placeId,
  );
  const wasLost = useConnection.getState().state === 'reconnecting';
  const early = route.method === 'GET' ? takeEarly(url) : undefined;
  const response = await (early ?? fetch(url, requestOf(route, options))).catch((cause: unknown) => {
    if (options.signal?.aborted) throw cause;
    throw route.method === 'GET' ? unreachable() : unanswered(wasLost);
  });
  if (!response.ok) throw await readProblem(response);
  useConnection.getState().heard(now());
  const seqText = response.headers.get('CC-Seq');
  const seq = seqText === null ? null : Number(seqText);
  const schema = CALLS[id].answer;
  if (schema === null) return { data: null as AnswerOf<C>, seq };
  const document: unknown = await response.json().catch(() => null);
  const parsed = schema.safeParse(document);
  if (!parsed.success) throw toApiProblem(response.status, null);
  return { data: parsed.data as AnswerOf<C>, seq };
};

/** As `callWithSeq`, the answer only. */
export const call = async <C extends CallId>(id: C, options: CallOptions<C> = {}): Promise<AnswerOf<C>> =>
  (await callWithSeq(id, options)).data;

/** True for problems that trying again cannot mend. */
export const isFinal = (error: unknown): boolean => error instanceof ApiProblem && !error.isRetryable;

/**
 * Calls a route whose answer is a file.
 * @throws {ApiProblem} as `callWithSeq`.
 */
export const callFile = async (
  id: 'evidenceExport',
  options: { params: Readonly<Record<string, string>>; body: unknown; signal?: AbortSignal },
): Promise<Blob> => {
  const route: RouteSpec = ROUTES[id];
  const response = await fetch(addressOf(route.path, options.params), {
    method: route.method,
    headers: { Accept: '*/*', 'Content-Type': 'application/json', ...sessionHeaders() },
    credentials: 'same-origin',
    signal: options.signal,
    body: JSON.stringify(options.body),
  }).catch((cause: unknown) => {
    if (options.signal?.aborted) throw cause;
    throw unreachable();
  });
  if (!response.ok) throw await readProblem(response);
  useConnection.getState().heard(now());
  return response.blob();
};

import { BULK_BODY_LIMIT_BYTES } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import { wholeBody } from '../call.ts';
import type { RemoteStore } from './remote-store.ts';
import { whyNoAnswer } from './why-no-answer.ts';

/** A call that does not even get its first byte by then is told as unanswered; what streams may go on for ever. */
const FIRST_BYTE_MS = 45_000;
/** All else stays behind: Origin, cookies and session of the console, and whatever a page might try to add. */
const SENT_ON = ['accept', 'content-type', 'idempotency-key', 'if-none-match', 'last-event-id', 'repr-digest'];
/** What of an answer is about the answer itself. */
const HANDED_BACK = [
  'cache-control',
  'cc-seq',
  'content-disposition',
  'content-type',
  'etag',
  'repr-digest',
  'retry-after',
];
/** The sides of the API that are not an operator's. */
const NOT_FOR_A_CONSOLE = /^\/api\/v1\/(?:runtime\/|runner\/|sign-in)/;
const NULL_BODY_STATUSES = [204, 205, 304];

export interface RemoteProxyParts {
  store: RemoteStore;
  send: typeof fetch;
  after: (ms: number, run: () => void) => () => void;
  /** Ends what is under way when the host stops. */
  closing: AbortSignal;
}

/**
 * The path below a remote that may be asked for, as it goes on the wire.
 * @throws ProblemError `not_found` for anything that is not plainly an operator's route.
 */
export function allowedPath(pathAndQuery: string): string {
  const path = pathAndQuery.split('?', 1)[0] ?? '';
  const isPlain = path.startsWith('/api/v1/') && !/%(?:2e|5c|00|25)|\\|\/\/|\/\.{1,2}(?:\/|$)/i.test(path);
  if (!isPlain || NOT_FOR_A_CONSOLE.test(path))
    throw new ProblemError('not_found', 'There is nothing at this address of a remote workspace.');
  return pathAndQuery;
}

/** JSON is read whole, so that it goes out with its length; other bytes stream. */
async function bodyOf(request: Request): Promise<{ body?: BodyInit; duplex?: 'half' }> {
  if (request.body === null) return {};
  const isJson = (request.headers.get('content-type') ?? '').startsWith('application/json');
  return isJson ? { body: await wholeBody(request, BULK_BODY_LIMIT_BYTES) } : { body: request.body, duplex: 'half' };
}

/**
 * Carries one call of the console to a control plane elsewhere: bearer added, cookies left behind, no redirect followed.
 * Bodies stream both ways; when the page lets go of an answer, the call to the remote ends too.
 * @throws ProblemError `not_found`, `remote.unreachable`, `remote.token_refused`; an abort of the page stays an abort.
 */
export async function callRemote(
  { store, send, after, closing }: RemoteProxyParts,
  id: string,
  pathAndQuery: string,
  request: Request,
): Promise<Response> {
  const allowed = allowedPath(pathAndQuery);
  const { url, token } = store.access(id);
  const { host } = new URL(url);
  const headers = new Headers({ authorization: `Bearer ${token}` });
  for (const name of SENT_ON) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const silence = new AbortController();
  const disarm = after(FIRST_BYTE_MS, () => silence.abort());
  const init: RequestInit & { duplex?: 'half' } = {
    method: request.method,
    headers,
    // What answers a bearer with another address does not get it a second time.
    redirect: 'manual',
    signal: AbortSignal.any([request.signal, silence.signal, closing]),
    ...(await bodyOf(request)),
  };
  const answer = await send(`${url}${allowed}`, init)
    .catch((error: unknown) => {
      if (request.signal.aborted) throw error;
      store.noteSilence(id);
      throw new ProblemError('remote.unreachable', whyNoAnswer(error, host, FIRST_BYTE_MS));
    })
    .finally(disarm);
  return judged(store, id, host, answer);
}

function judged(store: RemoteStore, id: string, host: string, answer: Response): Response {
  const isRedirect = answer.status >= 300 && answer.status < 400 && answer.status !== 304;
  if (isRedirect || answer.status === 401) void answer.body?.cancel().catch(() => undefined);
  if (isRedirect || answer.type === 'opaqueredirect') {
    store.noteSilence(id);
    throw new ProblemError(
      'remote.unreachable',
      `${host} leads elsewhere, and no redirect is followed. Remove it and add the address it leads to.`,
    );
  }
  store.noteAnswer(id);
  // Told apart from a sign-in to this console that ended: it is the kept token that is not good any more.
  if (answer.status === 401)
    throw new ProblemError(
      'remote.token_refused',
      `${host} does not accept its token any more. Give it a new one in Settings, Workspaces.`,
    );
  const headers = new Headers({ 'x-content-type-options': 'nosniff' });
  for (const name of HANDED_BACK) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const body = NULL_BODY_STATUSES.includes(answer.status) ? null : answer.body;
  return new Response(body, { status: answer.status, headers });
}

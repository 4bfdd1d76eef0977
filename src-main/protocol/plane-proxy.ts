import type { AppLogger } from '../log/logger.ts';
import { GUARD_HEADERS } from './headers.ts';
import { problemAnswer } from './problem-answer.ts';

/** Where the plane answers and the bearer that main adds; the window never sees it. */
export interface PlaneAccess {
  url: string;
  operator_token: string;
}
/** Resolves null, with the reason for people, where the plane is not in service. */
export type ReachPlane = () => Promise<PlaneAccess | { sentence: string }>;

/** All else stays behind: Origin and cookies of the window, and whatever a page might try to add. */
const SENT_ON = ['accept', 'content-type', 'idempotency-key', 'if-none-match', 'last-event-id', 'repr-digest'];
/** About the connection or the browser's session, not about the answer; fetch has unpacked the body already. */
const NOT_HANDED_BACK = [
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'set-cookie',
  'transfer-encoding',
  'www-authenticate',
];

const outgoingHeaders = (from: Headers, token: string): Headers => {
  const headers = new Headers({ Authorization: `Bearer ${token}` });
  for (const name of SENT_ON) {
    const value = from.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
};

const incomingHeaders = (from: Headers): Headers => {
  const headers = new Headers(from);
  for (const name of NOT_HANDED_BACK) headers.delete(name);
  for (const [name, value] of Object.entries(GUARD_HEADERS)) headers.set(name, value);
  return headers;
};

/** JSON is read whole, so that it goes out with its length; other bytes stream. */
const outgoingBody = async (request: Request): Promise<{ body?: BodyInit; duplex?: 'half' }> => {
  if (request.body === null) return {};
  const isJson = (request.headers.get('content-type') ?? '').startsWith('application/json');
  return isJson ? { body: await request.arrayBuffer() } : { body: request.body, duplex: 'half' };
};

const NULL_BODY_STATUSES = [101, 204, 205, 304];

/**
 * Carries the window's API calls to the plane. Bodies stream both ways; when the window lets go of an answer, such
 * as its event stream, the call to the plane is aborted too.
 */
export const createPlaneProxy =
  (reach: ReachPlane, log: AppLogger, send: typeof fetch = fetch) =>
  async (request: Request, pathAndQuery: string): Promise<Response> => {
    const plane = await reach();
    if (!('url' in plane)) return problemAnswer('plane.stopping', plane.sentence);
    const init: RequestInit & { duplex?: 'half' } = {
      method: request.method,
      headers: outgoingHeaders(request.headers, plane.operator_token),
      signal: request.signal,
      // The plane never redirects; following one would carry the bearer to another address.
      redirect: 'error',
      ...(await outgoingBody(request)),
    };
    try {
      const answer = await send(`${plane.url}${pathAndQuery}`, init);
      const body = NULL_BODY_STATUSES.includes(answer.status) ? null : answer.body;
      return new Response(body, { status: answer.status, headers: incomingHeaders(answer.headers) });
    } catch (cause) {
      if (request.signal.aborted) throw cause;
      log.warn('proxy.unreachable', { method: request.method, path: pathAndQuery.split('?')[0], cause });
      return problemAnswer('plane.stopping', 'The control plane did not answer; it is tried again by itself.');
    }
  };

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { ProblemError } from '../contract/problems.ts';
import { ROLE_RIGHTS } from '../contract/terms.ts';
import type { Served } from './call.ts';
import { logFault } from './fault-log.ts';
import { callerOf } from './principal.ts';
import { problemOf, sendProblem } from './problem-answer.ts';

/** What serves `/console/…`: the console's host, which knows remote workspaces and this machine. */
export interface ConsoleCalls {
  /** Rejects only when the request was aborted. */
  answer(request: Request, path: string, caller: { name: string; isAdmin: boolean }): Promise<Response>;
}

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
/** Below it stands what only the host itself may offer. */
export const isConsolePath = (path: string): boolean => path === '/console' || path.startsWith('/console/');

/**
 * Carries one call to the console's host. An operator of this plane only: a runner's token or an API key is not even
 * looked at here. When the browser lets go, so does everything behind.
 */
export async function serveConsole(
  served: Served,
  host: ConsoleCalls,
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
): Promise<void> {
  const requestId = served.requestId();
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const caller = callerOf(request, 'operator', served.host, served.port, served.wrongBearers);
    if (caller.kind !== 'operator') throw new ProblemError('auth.invalid', 'Sign in to this console.');
    if (!METHODS.has(request.method ?? ''))
      throw new ProblemError('method.not_allowed', 'This method is not offered here.');
    const { name, role } = caller.operator;
    const isAdmin = ROLE_RIGHTS[role].some((right) => right === 'admin');
    await send(await host.answer(webRequest(request, served.port, gone.signal), url, { name, isAdmin }), response);
  } catch (error) {
    if (gone.signal.aborted) return;
    // A remote that went away in the middle of its answer: the reader sees it end, and asks again.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (!(error instanceof ProblemError)) logFault(requestId, 'console', error);
    sendProblem(response, problemOf(error, requestId), request.complete ? {} : { connection: 'close' });
  }
}

function webRequest(request: IncomingMessage, port: number, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value);
  const hasBody = request.method !== 'GET';
  const init: RequestInit & { duplex?: 'half' } = {
    method: request.method ?? 'GET',
    headers,
    signal,
    ...(hasBody ? { body: Readable.toWeb(request) as unknown as BodyInit, duplex: 'half' } : {}),
  };
  return new Request(`http://127.0.0.1:${port}/`, init);
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) {
    response.end();
    return;
  }
  // A stream's first bytes must not wait for more of them.
  response.flushHeaders();
  await pipeline(Readable.fromWeb(answer.body as ReadableStream), response);
}

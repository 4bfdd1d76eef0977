import type { IncomingMessage } from 'node:http';
import { WRONG_BEARER_PER_MINUTE } from '../contract/limits.ts';
import { PROBLEMS, ProblemError } from '../contract/problems.ts';
import type { Principal } from '../contract/routes/route-spec.ts';
import type { Host, HostedWorkspace, Operator } from '../plane/host.ts';
import type { RateLimit } from './rate-limit.ts';

/** Who calls. A credential is only looked at by the claim itself. */
export type Caller =
  | { kind: 'none' }
  | { kind: 'operator'; operator: Operator; cookie: string | null }
  | { kind: 'runner'; sessionId: string; hosted: HostedWorkspace }
  | { kind: 'api_key'; prefix: string; key: string; hosted: HostedWorkspace }
  | { kind: 'credential'; credential: string }
  | { kind: 'returning'; sessionId: string };

export const WRONG_BEARERS = { limit: WRONG_BEARER_PER_MINUTE, windowMs: 60_000 };

const MISSING = 'Send the header Authorization: Bearer with your token.';
const UNKNOWN = 'Sign in again, or use a token that is in force: this one is not known.';

/** The address a wrong bearer counts against. */
export const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? 'unknown';

/**
 * Finds the caller of a route.
 * @throws ProblemError `auth.missing`, `auth.invalid`, `session.expired`; `rate.limited` once an address was wrong too often.
 */
export function callerOf(
  request: IncomingMessage,
  wants: Principal,
  host: Host,
  port: number,
  wrong: RateLimit,
): Caller {
  if (wants === 'none') return { kind: 'none' };
  try {
    if (wants === 'operator') return operatorOf(request, host, port);
    return wants === 'api_key' ? apiKeyOf(request, host) : runnerOf(request, wants, host);
  } catch (error) {
    throw countWrong(error, request, wrong);
  }
}

/** Refusals that say nothing about guessing: nothing was shown, or what was shown had been good. */
const NOT_A_GUESS: ReadonlySet<string> = new Set(['auth.missing', 'session.expired']);

/** A refused bearer or credential counts; past the limit the address has to wait. Right ones are never counted. */
export function countWrong(error: unknown, request: IncomingMessage, wrong: RateLimit): unknown {
  if (!(error instanceof ProblemError) || NOT_A_GUESS.has(error.code)) return error;
  if (PROBLEMS[error.code].status !== 401 && error.code !== 'credential.mistyped') return error;
  const waitMs = wrong.note(addressOf(request));
  return waitMs === null
    ? error
    : new ProblemError(
        'rate.limited',
        'Too many wrong tokens came from this address. Wait, then try with the right one.',
        { retry_after_ms: waitMs },
      );
}

function operatorOf(request: IncomingMessage, host: Host, port: number): Caller {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer (cco_[0-9A-Za-z]{38})$/.exec(authorization)?.[1];
    const operator = token === undefined ? null : host.authenticate(token);
    if (operator === null) throw new ProblemError('auth.invalid', UNKNOWN);
    return { kind: 'operator', operator, cookie: null };
  }
  const cookie = cookieOf(request.headers.cookie, `cc_${port}`);
  const sessionKey = request.headers['cc-session'];
  if (cookie === null || typeof sessionKey !== 'string') throw new ProblemError('auth.missing', MISSING);
  const operator = host.operators.signedIn(cookie, sessionKey);
  if (operator === null)
    throw new ProblemError('auth.invalid', 'Sign in again with a fresh link: node out/cli.mjs console');
  return { kind: 'operator', operator, cookie };
}

/** A client of SDK v1: its key alone says who it is and where. */
function apiKeyOf(request: IncomingMessage, host: Host): Caller {
  const { authorization } = request.headers;
  if (authorization === undefined) throw new ProblemError('auth.missing', MISSING);
  const key = /^Bearer (lf_[0-9A-Za-z]{38})$/.exec(authorization)?.[1];
  const found = key === undefined ? null : host.ofApiKey(key);
  if (key === undefined || found === null) throw new ProblemError('auth.invalid', UNKNOWN);
  return { kind: 'api_key', key, ...found };
}

function runnerOf(request: IncomingMessage, wants: 'claim' | 'runner', host: Host): Caller {
  const { authorization } = request.headers;
  if (authorization === undefined) throw new ProblemError('auth.missing', MISSING);
  const bearer = /^Bearer (.{1,200})$/s.exec(authorization)?.[1];
  if (bearer?.startsWith('ccs_')) {
    const sessionId = host.tokens.sessionOf(bearer);
    const hosted = host.ofSession(sessionId);
    if (hosted === undefined)
      throw new ProblemError('session.expired', 'This session is not known here. Enroll the runner again.');
    return { kind: 'runner', sessionId, hosted };
  }
  if (wants === 'claim') {
    const returning = /^Runner (ses_[0-9A-Z]{26})$/.exec(authorization)?.[1];
    if (returning !== undefined) return { kind: 'returning', sessionId: returning };
    if (bearer !== undefined && /^\s*["']?cc[ep]_/.test(bearer)) return { kind: 'credential', credential: bearer };
  }
  throw new ProblemError('auth.invalid', UNKNOWN);
}

export function cookieOf(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && value !== '') return value;
  }
  return null;
}

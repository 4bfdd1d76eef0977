import { createHash } from 'node:crypto';
import { ProblemError } from '../../contract/problems.ts';
import type { Register } from '../../contract/runtime.ts';
import { checkCredential, trimPasted } from '../../domain/credentials/format.ts';
import { seatClass } from '../../domain/pools/seat-class.ts';
import type { HotPoolToken } from '../hot/pool.ts';
import type { HotSession, HotSource } from '../hot/source.ts';
import { joinedEvents } from '../presence.ts';
import type { CommandContext } from './context.ts';
import type { PoolSource } from './manage-pool.ts';
import { checkContract, prove, type Registered, registeredBody, registerWithCredential } from './register-session.ts';
import { sign } from './sign-of-life.ts';

/** Registers a runner with what it brought: a one-time credential, or the registration token of a pool. */
export const registerRunner = (
  ctx: CommandContext,
  pasted: string,
  register: Register,
  capacity: number,
): Registered =>
  trimPasted(pasted).startsWith('ccp_')
    ? registerWithPoolToken(ctx, trimPasted(pasted), register, capacity)
    : registerWithCredential(ctx, pasted, register, capacity);

/**
 * Registers one more runner of a pool. The token stays good for others; a runner is known by its key, so the same key
 * gets its session again and never a second one.
 * @throws ProblemError `credential.mistyped|unknown|revoked`, `proof.invalid`, `runner.too_old`, `runner.revoked`,
 *   `pool.class_mismatch`.
 */
function registerWithPoolToken(ctx: CommandContext, token: string, register: Register, capacity: number): Registered {
  if (checkCredential('ccp', token) === 'mistyped')
    throw new ProblemError(
      'credential.mistyped',
      'Copy the registration token again: it is ccp_ and 38 letters and digits, and its check characters do not fit.',
    );
  const { engine } = ctx;
  const hash = createHash('sha256').update(token).digest('hex');
  const known = engine.hot.poolTokens.get(engine.hot.poolTokenByHash.get(hash) ?? '');
  if (known === undefined)
    throw new ProblemError(
      'credential.unknown',
      'This registration token was not made here. Ask the operator of the pool for one.',
    );
  checkContract(register);
  if (known.revokedAt !== null)
    throw new ProblemError(
      'credential.revoked',
      'This registration token was revoked. Ask the operator for a new one.',
    );
  prove(ctx, register, `connected-compute/register/v1\n${register.nonce}\n${hash}`);
  const source = engine.hot.fleet.source(known.sourceId) as PoolSource;
  if (source.revoked !== null)
    throw new ProblemError('runner.revoked', `The pool ${source.name} was revoked. Nobody registers in it any more.`);
  return seatOfKey(ctx, source, register.public_key) ?? seatNew(ctx, source, known, register, capacity);
}

/** The live session of a runner that registers once more with its key: an answer got lost, or its state did. */
function seatOfKey(ctx: CommandContext, source: PoolSource, publicKey: string): Registered | null {
  const { fleet } = ctx.engine.hot;
  for (const [sessionId, seat] of source.pool.seats) {
    const session = fleet.sessions.get(sessionId);
    if (session?.publicKey !== publicKey) continue;
    sign(ctx.engine, seat);
    return { source: seat, session, token: ctx.tokens.issue(sessionId) };
  }
  return null;
}

function seatNew(
  ctx: CommandContext,
  source: PoolSource,
  token: HotPoolToken,
  register: Register,
  capacity: number,
): Registered {
  const { engine } = ctx;
  const sessionId = engine.ids.make('session');
  const body = registeredBody(sessionId, source.sourceId, register, capacity);
  const pinned = seatClass(source.pool.classes, token.computeClass, body.compute_class);
  if (pinned === null && token.computeClass !== null && !source.pool.classes.includes(token.computeClass))
    throw new ProblemError(
      'pool.class_mismatch',
      `The pool ${source.name} takes ${token.computeClass} no more, and this token is for it alone. Ask its operator for a token of another class.`,
    );
  if (pinned === null) {
    const wanted = token.computeClass ?? source.pool.classes.join(' or ');
    throw new ProblemError(
      'pool.class_mismatch',
      `This runner is ${body.compute_class} by its hardware and the token is for ${wanted}. Use a larger one, or a token of its class.`,
    );
  }
  const seat = { token_id: token.tokenId, pinned_class: pinned, labels: register.labels ?? {} };
  engine.emit(
    { kind: 'runner', id: sessionId },
    [{ type: 'session.registered', body: { ...body, seat } }, ...joinedEvents(source, sessionId)],
    { source: source.sourceId },
  );
  const place = engine.hot.fleet.seats.get(sessionId) as HotSource;
  sign(engine, place);
  return {
    source: place,
    session: engine.hot.fleet.sessions.get(sessionId) as HotSession,
    token: ctx.tokens.issue(sessionId),
  };
}

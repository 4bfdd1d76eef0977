import { createHash, createPublicKey, verify } from 'node:crypto';
import type { PlaneEvent } from '../../contract/events.ts';
import { CONTRACT_VERSION } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { Register } from '../../contract/runtime.ts';
import { checkCredential, trimPasted } from '../../domain/credentials/format.ts';
import { classify } from '../../domain/sources/classify.ts';
import type { HotEnrollment } from '../hot/hot.ts';
import type { HotSession, HotSource } from '../hot/source.ts';
import { healthEvents } from '../presence.ts';
import type { CommandContext } from './context.ts';
import { expireCredential, isCredentialOver } from './expire-credential.ts';
import { sign } from './sign-of-life.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Checks an Ed25519 signature over text by a raw public key in base64. */
export function isSigned(publicKeyBase64: string, message: string, signatureBase64: string): boolean {
  const key = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKeyBase64, 'base64')]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, Buffer.from(message), key, Buffer.from(signatureBase64, 'base64'));
}

export interface Registered {
  source: HotSource;
  session: HotSession;
  token: string;
}

/**
 * Redeems a one-time credential and registers the runner's session.
 * The same credential with the same key and a fresh proof answers with the same session until the first call with its
 * token: an answer that got lost can be asked for again.
 * @throws ProblemError `credential.*`, `proof.invalid`, `runner.too_old`.
 */
export function registerWithCredential(
  ctx: CommandContext,
  pasted: string,
  register: Register,
  capacity: number,
): Registered {
  const credential = trimPasted(pasted);
  if (checkCredential('cce', credential) === 'mistyped') {
    throw new ProblemError(
      'credential.mistyped',
      'Copy the credential again: it is cce_ and 38 letters and digits, and its check characters do not fit.',
    );
  }
  const hash = sha256(credential);
  const { hot } = ctx.engine;
  const enrollment = hot.enrollments.get(hot.enrollmentByHash.get(hash) ?? '');
  if (enrollment === undefined)
    throw new ProblemError(
      'credential.unknown',
      'This credential was not issued here. Create a new one under Sources, Add runner.',
    );
  checkContract(register);
  if (enrollment.state === 'redeemed') return repeatRedemption(ctx, enrollment, hash, register);
  checkUsable(ctx, enrollment);
  prove(ctx, register, `connected-compute/register/v1\n${register.nonce}\n${hash}`);
  return redeem(ctx, enrollment, register, capacity);
}

function checkUsable(ctx: CommandContext, enrollment: HotEnrollment): void {
  if (enrollment.state === 'burned')
    throw new ProblemError(
      'credential.burned',
      'This credential was burned. Create a new one under Sources, Add runner.',
    );
  const isOver = enrollment.state === 'issued' && isCredentialOver(ctx.engine, enrollment);
  if (isOver) expireCredential(ctx.engine, enrollment);
  if (enrollment.state === 'expired')
    throw new ProblemError(
      'credential.expired',
      'This credential expired unused. Create a new one under Sources, Add runner.',
    );
}

function repeatRedemption(
  ctx: CommandContext,
  enrollment: HotEnrollment,
  hash: string,
  register: Register,
): Registered {
  const { fleet } = ctx.engine.hot;
  const session = fleet.sessions.get(enrollment.sessionId ?? '');
  if (session === undefined || session.publicKey !== register.public_key || ctx.tokens.wasUsed(session.sessionId)) {
    throw new ProblemError(
      'credential.used',
      'This credential was used already. If that was not you, revoke the source; else create a new credential under Sources, Add runner.',
    );
  }
  prove(ctx, register, `connected-compute/register/v1\n${register.nonce}\n${hash}`);
  return { source: fleet.source(session.sourceId), session, token: ctx.tokens.issue(session.sessionId) };
}

function redeem(ctx: CommandContext, enrollment: HotEnrollment, register: Register, capacity: number): Registered {
  const { engine } = ctx;
  const sessionId = engine.ids.make('session');
  const source = engine.hot.fleet.source(enrollment.sourceId);
  if (source.revoked !== null)
    throw new ProblemError('runner.revoked', `The source ${source.name} was revoked. Enroll it again.`);
  const before = source.sessionId === null ? undefined : engine.hot.fleet.sessions.get(source.sessionId);
  const events: PlaneEvent[] = [
    { type: 'credential.redeemed', body: { enrollment_id: enrollment.enrollmentId, session_id: sessionId } },
    // A source that is enrolled again has one runner: the session before ends here.
    ...(before === undefined || before.state === 'ended'
      ? []
      : [
          {
            type: 'session.state' as const,
            body: { session_id: before.sessionId, state: 'ended' as const, reason: 'enrolled again' },
          },
        ]),
    { type: 'session.registered', body: registeredBody(sessionId, source.sourceId, register, capacity) },
    ...ownLabels(source, register),
    ...(source.state === 'quarantined' || source.state === 'online'
      ? []
      : [{ type: 'source.online' as const, body: { source_id: source.sourceId } }]),
  ];
  if (before !== undefined) {
    ctx.tokens.drop(before.sessionId);
    engine.hot.asks.take(before.sessionId)?.answer([]);
  }
  engine.emit({ kind: 'runner', id: sessionId }, events, { source: source.sourceId });
  sign(engine, source);
  return {
    source,
    session: engine.hot.fleet.sessions.get(sessionId) as HotSession,
    token: ctx.tokens.issue(sessionId),
  };
}

/**
 * Brings a session back by its key: after a restart of either side, or when its token died.
 * @param capacity slots it offers; null when it only shows itself (connect, doctor) and offers what it did before.
 * @throws ProblemError `session.key_mismatch`, `proof.invalid`, `runner.revoked`.
 */
export function returnByKey(
  ctx: CommandContext,
  sessionId: string,
  register: Register,
  capacity: number | null,
): Registered {
  const { engine } = ctx;
  const session = engine.hot.fleet.sessions.get(sessionId);
  if (session === undefined)
    throw new ProblemError(
      'auth.invalid',
      'This session is not known here. Enroll the runner again under Sources, Add runner.',
    );
  if (session.publicKey !== register.public_key)
    throw new ProblemError(
      'session.key_mismatch',
      'The session belongs to another key. Enroll this runner with a credential of its own.',
    );
  checkContract(register);
  prove(ctx, register, `connected-compute/session/v1\n${sessionId}\n${register.nonce}`);
  const source = engine.hot.fleet.placeOf(session);
  if (session.state === 'ended' || source.revoked !== null)
    throw new ProblemError('runner.revoked', `The source ${source.name} was revoked. Enroll it again to use it.`);
  const body = {
    ...registeredBody(sessionId, source.sourceId, register, capacity ?? source.offered),
    ...seatBody(source),
  };
  const isChanged =
    JSON.stringify([session.facts, source.posture, source.offered, source.ownClass]) !==
    JSON.stringify([body.facts, body.posture, body.capacity, body.compute_class]);
  const events: PlaneEvent[] = [];
  // A poll of the runner before it came back asked for what it was then.
  engine.hot.asks.take(sessionId)?.answer([]);
  if (session.state === 'lost' || isChanged) events.push({ type: 'session.registered', body });
  if (source.state === 'offline' || source.state === 'late' || source.state === 'pending')
    events.push(...healthEvents(source, 'online'));
  if (events.length > 0) engine.emit({ kind: 'runner', id: sessionId }, events, { source: source.sourceId });
  sign(engine, source);
  return { source, session, token: ctx.tokens.issue(sessionId) };
}

/** What a runner of a pool was given when it first registered; a later registration keeps it. */
export const seatBody = (place: HotSource) =>
  place.seat === null
    ? {}
    : {
        seat: {
          token_id: place.seat.tokenId,
          pinned_class: place.pinnedClass ?? ('cpu-small' as const),
          labels: place.labels,
        },
      };

/** Labels that the runner knows of itself (system, architecture) stand under those that the operator gave. */
function ownLabels(source: HotSource, register: Register): PlaneEvent[] {
  const labels = { ...register.labels, ...source.labels };
  const isSame = Object.keys(labels).length === Object.keys(source.labels).length;
  return isSame ? [] : [{ type: 'source.changed', body: { source_id: source.sourceId, labels } }];
}

/** @throws ProblemError `proof.invalid`. The nonce is used up either way. */
export function prove(ctx: CommandContext, register: Register, message: string): void {
  // The nonce is used up whatever the signature says: it can be tried once.
  const isFresh = ctx.tokens.takeNonce(register.nonce);
  if (!isFresh || !isSigned(register.public_key, message, register.proof)) {
    throw new ProblemError('proof.invalid', 'Say hello again for a fresh nonce and sign it with the runner key.');
  }
}

/** @throws ProblemError `runner.too_old`. */
export function checkContract(register: Register): void {
  if (register.contract < CONTRACT_VERSION - 1 || register.contract < 1) {
    throw new ProblemError(
      'runner.too_old',
      'Fetch the runner again with the printed commands: this one speaks an older contract.',
    );
  }
}

/** What a registration writes of the runner, with its class as its hardware tells it. */
export function registeredBody(sessionId: string, sourceId: string, register: Register, capacity: number) {
  return {
    session_id: sessionId,
    source_id: sourceId,
    public_key: register.public_key,
    compute_class: classify({
      cpuCount: register.cpu_count,
      memoryBytes: register.memory_bytes,
      gpuMemoryBytes: register.gpu?.memory_bytes ?? null,
    }),
    posture: register.posture,
    facts: {
      platform: register.platform,
      arch: register.arch,
      cpu_count: register.cpu_count,
      memory_bytes: register.memory_bytes,
      gpu: register.gpu?.name ?? null,
      node_version: register.node_version,
      runner_version: register.runner_version,
    },
    capacity,
  };
}

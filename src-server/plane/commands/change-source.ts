import type { EventBodies, PlaneEvent } from '../../contract/events.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { DoctorCheck } from '../../contract/source.ts';
import type { SessionState } from '../../contract/terms.ts';
import type { HotSource } from '../hot/source.ts';
import { offerToAsks } from '../placing.ts';
import { healthEvents } from '../presence.ts';
import { settleLease } from '../settlement.ts';
import { SLACK_MS } from '../timers.ts';
import { armUnseen } from '../unseen.ts';
import type { Actor, CommandContext } from './context.ts';
import { emitMany } from './emit-many.ts';

/** @throws ProblemError `not_found`. */
export function findSource(ctx: CommandContext, sourceId: string): HotSource {
  const source = ctx.engine.hot.fleet.sources.get(sourceId);
  if (source === undefined) throw new ProblemError('not_found', `There is no source ${sourceId} in this workspace.`);
  return source;
}

function findLive(ctx: CommandContext, sourceId: string): HotSource {
  const source = findSource(ctx, sourceId);
  if (source.revoked !== null)
    throw new ProblemError('conflict.state', `The source ${source.name} was revoked for good. Enroll a new one.`);
  return source;
}

/** Changes name, labels, capacity or pinned class. An open poll is ended, so that the runner asks again as what it is now. */
export function patchSource(
  ctx: CommandContext,
  actor: Actor,
  sourceId: string,
  patch: Omit<EventBodies['source.changed'], 'source_id' | 'posture'>,
): void {
  const source = findLive(ctx, sourceId);
  if (source.pool !== null && patch.pinned_class !== undefined && patch.pinned_class !== null)
    throw new ProblemError(
      'conflict.state',
      `The classes of the pool ${source.name} are those of its runners and tokens.`,
    );
  const isTaken =
    patch.name !== undefined &&
    [...ctx.engine.hot.fleet.sources.values()].some((s) => s !== source && s.name === patch.name && s.revoked === null);
  if (isTaken)
    throw new ProblemError('conflict.source_name', `A source named ${patch.name} exists. Choose another name.`, {
      errors: [{ pointer: '/name', message: 'is taken' }],
    });
  endPoll(ctx, source);
  ctx.engine.emit(actor, [{ type: 'source.changed', body: { source_id: sourceId, ...patch } }], { source: sourceId });
}

/** It gets no new job; what runs goes on. */
export function cordonSource(ctx: CommandContext, actor: Actor, sourceId: string, reason: string | null): void {
  const source = findLive(ctx, sourceId);
  if (source.cordoned !== null) return;
  ctx.engine.emit(actor, [{ type: 'source.cordoned', body: { source_id: sourceId, reason } }], { source: sourceId });
}

/** It finishes what it has and takes no more; after the deadline what is left is given back. */
export function drainSource(
  ctx: CommandContext,
  actor: Actor,
  sourceId: string,
  reason: string | null,
  deadlineMs: number | null,
): void {
  const { engine } = ctx;
  const source = findLive(ctx, sourceId);
  if (source.draining !== null)
    throw new ProblemError(
      'conflict.state',
      `${source.name} is draining already. Resume it first to set another deadline.`,
    );
  emitMany(
    ctx,
    actor,
    [{ type: 'source.draining', body: { source_id: sourceId, reason, deadline_ms: deadlineMs } }],
    sessionMoves(ctx, source, ['active'], 'draining', reason),
    sourceId,
  );
  if (deadlineMs !== null)
    engine.hot.timers.set(engine.clock.monoMs() + deadlineMs + SLACK_MS, 'source.drain', sourceId);
  endPoll(ctx, source);
  wakeRunners(ctx, source);
}

/** Lifts cordon, drain and quarantine. */
export function resumeSource(ctx: CommandContext, actor: Actor, sourceId: string, reason: string | null): void {
  const { engine } = ctx;
  const source = findLive(ctx, sourceId);
  const session = source.sessionId === null ? undefined : engine.hot.fleet.sessions.get(source.sessionId);
  const isAlone = source.pool === null;
  emitMany(
    ctx,
    actor,
    [
      { type: 'source.resumed', body: { source_id: sourceId, reason } },
      ...(isAlone && source.state === 'quarantined' ? backFromQuarantine(source, session?.state === 'lost') : []),
    ],
    sessionMoves(ctx, source, ['draining'], 'active', reason),
    sourceId,
  );
  if (!isAlone) for (const seat of engine.hot.fleet.placesOf(source)) resumeSeat(ctx, actor, seat);
  offerToAsks(engine);
}

function resumeSeat(ctx: CommandContext, actor: Actor, seat: HotSource): void {
  seat.lapsesInRow = 0;
  if (seat.state !== 'quarantined') return;
  const isLost = ctx.engine.hot.fleet.sessions.get(seat.sessionId ?? '')?.state === 'lost';
  ctx.engine.emit(actor, backFromQuarantine(seat, isLost), { source: seat.sourceId });
  armUnseen(ctx.engine, seat);
}

const backFromQuarantine = (source: HotSource, isLost: boolean): PlaneEvent[] =>
  isLost || source.lastSeenMs === null
    ? healthEvents(source, 'offline', 'Not heard of since the quarantine.')
    : healthEvents(source, 'online');

/** What the sessions of a source become, those of a pool one by one. */
function sessionMoves(
  ctx: CommandContext,
  source: HotSource,
  from: readonly SessionState[],
  to: SessionState,
  reason: string | null,
): PlaneEvent[] {
  const { fleet } = ctx.engine.hot;
  return fleet.placesOf(source).flatMap(({ sessionId }) => {
    const session = sessionId === null ? undefined : fleet.sessions.get(sessionId);
    return session === undefined || !from.includes(session.state)
      ? []
      : [{ type: 'session.state' as const, body: { session_id: session.sessionId, state: to, reason } }];
  });
}

function wakeRunners(ctx: CommandContext, source: HotSource): void {
  for (const { sessionId } of ctx.engine.hot.fleet.placesOf(source))
    if (sessionId !== null) ctx.wakeups.wake(sessionId);
}

/** Ends a source for good: its session ends, its leases are fenced at once, its runner is refused at its next call. */
export function revokeSource(ctx: CommandContext, actor: Actor, sourceId: string, reason: string | null): void {
  const { engine } = ctx;
  const source = findSource(ctx, sourceId);
  if (source.revoked !== null) return;
  const places = engine.hot.fleet.placesOf(source);
  const tokens = [...engine.hot.poolTokens.values()].filter((t) => t.sourceId === sourceId && t.revokedAt === null);
  const open = [...engine.hot.enrollments.values()].filter((e) => e.sourceId === sourceId && e.state === 'issued');
  // Polls and leases go first: a crash in between must not leave a lease behind with a runner that has ended.
  for (const { sessionId } of places) if (sessionId !== null) engine.hot.asks.take(sessionId)?.answer([]);
  for (const leaseId of [...source.activeLeases])
    revokeLease(ctx, actor, leaseId, `The source ${source.name} was revoked.`);
  emitMany(
    ctx,
    actor,
    [
      { type: 'source.revoked', body: { source_id: sourceId, reason } },
      ...open.map((e) => ({
        type: 'credential.burned' as const,
        body: { enrollment_id: e.enrollmentId, reason: 'source revoked' },
      })),
    ],
    [
      ...sessionMoves(ctx, source, ['active', 'draining', 'lost'], 'ended', reason),
      ...tokens.map((t) => ({
        type: 'credential.pool_token_revoked' as const,
        body: { token_id: t.tokenId, source_id: sourceId, reason: 'pool revoked' },
      })),
    ],
    sourceId,
  );
  for (const { sessionId } of places) if (sessionId !== null) ctx.wakeups.wake(sessionId);
}

/** Fences a lease at once: later writes are refused, the job is tried again if it has attempts left. */
export function revokeLease(ctx: CommandContext, actor: Actor, leaseId: string, reason: string): void {
  const { engine } = ctx;
  const lease = engine.hot.lease(leaseId);
  if (lease === undefined) throw new ProblemError('conflict.state', 'This lease has ended already.');
  settleLease(engine, actor, lease, { state: 'revoked', outcome: 'revoked', reason });
  ctx.wakeups.wake(lease.sessionId);
}

/** The runner's own checks. A required one that fails quarantines the source, all passing frees it again. */
export function diagnoseSource(ctx: CommandContext, sessionId: string, sourceId: string, checks: DoctorCheck[]): void {
  const { engine } = ctx;
  const source = engine.hot.fleet.placeOf({ sessionId, sourceId });
  const failed = checks.filter((c) => c.required && !c.passed);
  const reason = `Doctor: ${checks.length - failed.length} of ${checks.length} passed. Required and failed: ${failed.map((c) => c.id).join(', ')}. This source gets no jobs until it passes.`;
  const isFreed = failed.length === 0 && source.state === 'quarantined';
  engine.emit(
    { kind: 'runner', id: sessionId },
    [
      source.seat === null
        ? { type: 'source.diagnosed', body: { source_id: sourceId, checks } }
        : { type: 'session.diagnosed', body: { session_id: sessionId, source_id: sourceId, checks } },
      ...(failed.length > 0 && source.state !== 'quarantined' ? healthEvents(source, 'quarantined', reason) : []),
      ...(isFreed ? healthEvents(source, 'online') : []),
    ],
    { source: sourceId },
  );
}

function endPoll(ctx: CommandContext, source: HotSource): void {
  for (const { sessionId } of ctx.engine.hot.fleet.placesOf(source))
    if (sessionId !== null) ctx.engine.hot.asks.take(sessionId)?.answer([]);
}

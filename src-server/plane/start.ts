import type { PlaneEvent } from '../contract/events.ts';
import { FALLBACK_AFTER_DEFAULT_MS, LEASE_TTL_DEFAULT_MS, START_WITHIN_MS } from '../contract/limits.ts';
import { startAdmissions } from './admission-review.ts';
import { startApprovals } from './approval-gate.ts';
import type { CommandContext } from './commands/context.ts';
import { arrangeQueue } from './commands/govern.ts';
import { watchHealth } from './commands/sign-of-life.ts';
import { watchAttempt } from './commands/start-attempt.ts';
import { armCredential } from './due.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';
import { startSdkSessions } from './sdk/unseen.ts';
import { askToStop } from './stopping.ts';
import { freshenLeases } from './tick.ts';
import { SLACK_MS } from './timers.ts';
import { armUnseen } from './unseen.ts';

/** The first entry of a workspace: its settings and version 1 of its routing policy. */
export function firstEvents(workspaceId: string, name: string, leaseTtlMs = LEASE_TTL_DEFAULT_MS): PlaneEvent[] {
  return [
    {
      type: 'config.changed',
      body: { workspace_id: workspaceId, name, lease_ttl_ms: leaseTtlMs, time_zone: 'UTC', paused: false },
    },
    {
      type: 'policy.published',
      body: {
        version: 1,
        mode: 'byoc_first',
        fallback: { mode: 'ask', after_ms: FALLBACK_AFTER_DEFAULT_MS },
        refuse_after_ms: null,
        overrides: [],
        fair_share: false,
        four_eyes: false,
        reason: 'A fresh workspace.',
      },
    },
  ];
}

/**
 * Sets every clock that a restart lost: a lease gets a fresh time, a wait goes on where it stood in plane time, and a stop
 * that was asked for is asked for again.
 */
export function startClocks(ctx: CommandContext): void {
  const { engine } = ctx;
  const { hot } = engine;
  const nowMs = engine.clock.monoMs();
  arrangeQueue(engine);
  freshenLeases(engine, 'start');
  for (const lease of hot.leases.values()) {
    lease.lastRenewalMs = nowMs;
    if (lease.startedPlaneMs !== null) watchAttempt(ctx, lease.leaseId);
    else {
      lease.startDeadlineMs = nowMs + START_WITHIN_MS;
      hot.timers.set(lease.startDeadlineMs + SLACK_MS, 'lease.start', lease.leaseId);
    }
    if (hot.stopping.has(lease.jobId))
      askToStop(engine, ctx.wakeups, lease, 'cancel', 'cancel', 'Canceled before the control plane restarted.');
  }
  startSdkSessions(engine);
  for (const source of hot.fleet.sources.values()) startSource(engine, source);
  for (const seat of hot.fleet.seats.values()) {
    startSource(engine, seat);
    armUnseen(engine, seat);
  }
  startApprovals(ctx);
  startAdmissions(ctx);
  for (const enrollment of hot.enrollments.values()) armCredential(engine, enrollment.enrollmentId);
}

function startSource(engine: Engine, source: Parameters<typeof watchHealth>[1]): void {
  const nowMs = engine.clock.monoMs();
  // A pool is as well as its runners are; each of them is watched alone.
  if (source.pool === null && (source.state === 'online' || source.state === 'late')) {
    // Nobody can have been heard while the plane was down: its silence counts from here.
    source.lastSeenMs = nowMs;
    watchHealth(engine, source);
  }
  const deadlineMs = source.seat === null ? (source.draining?.deadline_ms ?? null) : null;
  if (deadlineMs !== null) engine.hot.timers.set(nowMs + deadlineMs + SLACK_MS, 'source.drain', source.sourceId);
}

/** Writes down what recovery cut, so that the log itself tells of it. */
export function recordCut(engine: Engine, cut: { cut_bytes: number; cut_lines: number } | null): void {
  if (cut !== null)
    engine.emit(PLANE_ACTOR, [
      { type: 'integrity.checked', body: { cut_bytes: cut.cut_bytes, cut_lines: cut.cut_lines } },
    ]);
}

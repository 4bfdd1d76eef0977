import { ProblemError } from '../../contract/problems.ts';
import type { ClaimRequest } from '../../contract/runtime.ts';
import { networkGrantsOf } from '../admission-gate.ts';
import type { Engine } from '../engine.ts';
import type { GrantedLease } from '../grants.ts';
import { freeSlots, type HotSession, type HotSource } from '../hot/source.ts';
import { claimFor } from '../placing.ts';
import type { CommandContext, Idempotency } from './context.ts';
import { seatBody } from './register-session.ts';
import { sign } from './sign-of-life.ts';

export interface Claimant {
  source: HotSource;
  session: HotSession;
}

/**
 * The live session behind an id.
 * @throws ProblemError `runner.revoked` once it ended.
 */
export function claimant(ctx: CommandContext, sessionId: string): Claimant {
  const { fleet } = ctx.engine.hot;
  const session = fleet.sessions.get(sessionId);
  if (session === undefined)
    throw new ProblemError('session.expired', 'This session is not known here. Enroll the runner again.');
  const source = fleet.placeOf(session);
  if (session.state === 'ended' || source.revoked !== null) {
    throw new ProblemError(
      'runner.revoked',
      source.pool !== null && source.revoked === null
        ? `This runner's session in ${source.name} has ended. Stop it; connect it anew with a registration token.`
        : `The source ${source.name} was revoked. Stop this runner; enroll it again to use it.`,
    );
  }
  return { source, session };
}

export interface ClaimOutcome {
  grants: GrantedLease[];
  /** Why nothing was granted, as a code for `CC-Reason`; null when something was. */
  reason: string | null;
}

/** Grants what is there now. Does not wait. */
export function claimWork(
  ctx: CommandContext,
  who: Claimant,
  request: ClaimRequest,
  idempotency: Idempotency | null,
): ClaimOutcome {
  const { engine } = ctx;
  const { source, session } = who;
  sign(engine, source);
  if (request.max > 0 && source.offered !== request.capacity) {
    engine.emit(
      { kind: 'runner', id: session.sessionId },
      [
        {
          type: 'session.registered',
          body: {
            session_id: session.sessionId,
            source_id: source.sourceId,
            public_key: session.publicKey,
            compute_class: source.ownClass ?? 'cpu-small',
            posture: source.posture,
            facts: session.facts,
            capacity: request.capacity,
            ...seatBody(source),
          },
        },
      ],
      { source: source.sourceId },
    );
  }
  const grants = claimFor(engine, {
    sourceId: source.sourceId,
    sessionId: session.sessionId,
    max: request.max,
    classes: request.classes ?? null,
    idempotency,
  });
  return { grants, reason: grants.length > 0 ? null : emptyReason(ctx, source) };
}

/** Is there work for it that only a budget keeps? */
function waitsForBudget(engine: Engine, source: HotSource): boolean {
  const { fleet, queue, budgets } = engine.hot;
  return budgets.lots.some((lot) => {
    const bucket = queue.bucket(lot.bucket);
    return lot.side === source.side && fleet.verdictFor(bucket.requirement, bucket.verdicts, source.profileId).fits;
  });
}

/** Why this source gets nothing now. */
export function emptyReason(ctx: CommandContext, source: HotSource): string {
  if (ctx.engine.state.head.config.paused) return 'workspace.paused';
  switch (source.availability) {
    case 'ready':
      // A runner of a pool may have slots of its own while the pool has none left.
      if (freeSlots(source) <= 0) return 'capacity.full';
      return waitsForBudget(ctx.engine, source) ? 'budget.insufficient' : 'queue.empty';
    case 'full':
      return 'capacity.full';
    case 'pending':
      return 'source.offline';
    default:
      return `source.${source.availability}`;
  }
}

/**
 * The grants of an earlier claim with this key.
 * @returns null when the key is new.
 * @throws ProblemError `idempotency.key_reused` for another request, `conflict.lease_superseded` once a lease has ended.
 */
export function repeatedClaim(ctx: CommandContext, idempotency: Idempotency): GrantedLease[] | null {
  const { engine } = ctx;
  const rows = engine.entriesOfKey(idempotency.key);
  if (rows.length === 0) return null;
  if (rows[0]?.request !== idempotency.request)
    throw new ProblemError('idempotency.key_reused', 'Use a new Idempotency-Key for another claim.');
  return rows.map(({ seq }) => {
    const entry = engine.entry(seq);
    const granted = entry.events.find((e) => e.type === 'lease.granted');
    const decided = entry.events.find((e) => e.type === 'policy.decided');
    if (granted?.type !== 'lease.granted' || decided?.type !== 'policy.decided')
      throw new Error(`entry ${seq} grants nothing`);
    const lease = engine.hot.lease(granted.body.lease_id);
    if (lease === undefined)
      throw new ProblemError(
        'conflict.lease_superseded',
        'The grants of this claim have ended. Claim again with a new Idempotency-Key.',
      );
    const job = engine.submitted(lease.jobSeq);
    return { lease, job, grants: networkGrantsOf(engine, lease.sourceId, job.spec), why: decided.body.sentence, seq };
  });
}

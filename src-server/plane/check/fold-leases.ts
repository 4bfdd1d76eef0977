import type { LeaseEnd } from '../../contract/events.ts';
import type { LeaseState } from '../../contract/terms.ts';
import { runtimeCostMcu, scopesOf } from '../../domain/budgets/cost.ts';
import { chainOf } from '../evidence/action-chain.ts';
import { checkRefusedRun } from './fold-approvals.ts';
import { sourceOf } from './fold-fleet.ts';
import { jobOf, moveJob } from './fold-jobs.ts';
import type { FoldedLease, FoldedSource } from './folded-rows.ts';
import { checkPlacement } from './judge-grant.ts';
import type { FoldContext, Folds } from './log-fold.ts';

function leaseOf({ world, fail }: FoldContext, leaseId: string): FoldedLease | undefined {
  const lease = world.leases.get(leaseId);
  if (lease === undefined) fail('I25', `${leaseId} was never granted`);
  return lease;
}

/** Whose slots the lease takes: the source, and in a pool its runner as well. */
function holdersIn({ world }: FoldContext, lease: FoldedLease): FoldedSource[] {
  const source = world.sources.get(lease.sourceId);
  const seat = source?.pool?.seats.get(lease.sessionId);
  return [source, seat].filter((holder) => holder !== undefined);
}

const end =
  (state: Exclude<LeaseState, 'active'>) =>
  (body: LeaseEnd, context: FoldContext): void => {
    const { entry, fail } = context;
    const lease = leaseOf(context, body.lease_id);
    const job = jobOf(context, body.job_id);
    if (lease === undefined || job === undefined) return;
    if (lease.state !== 'active') {
      fail('I5', `lease ${lease.leaseId} had ended and became ${state}`);
      return;
    }
    if (job.leaseId !== lease.leaseId) fail('I6', `lease ${lease.leaseId} ends, the job is held by ${job.leaseId}`);
    if (entry.ref.fence !== lease.fence) fail('I6', `lease ${lease.leaseId} ends with fence ${entry.ref.fence}`);
    if (entry.actor.kind === 'runner' && entry.actor.id !== lease.sessionId)
      fail('I6', `session ${entry.actor.id} ended a lease of ${lease.sessionId}`);
    if (body.outcome === 'succeeded' && !lease.isStarted) fail('I8', `${job.jobId} succeeded without a start`);
    if (body.outcome === 'succeeded' && state !== 'released') fail('I6', `a lease that is ${state} succeeded`);
    if (
      state === 'expired' &&
      body.outcome === 'lost' &&
      body.last_renewal_ms_ago < lease.ttlMs + Math.floor(lease.ttlMs / 4)
    )
      fail('I33', `lease ${lease.leaseId} of ${lease.ttlMs} ms was lost after ${body.last_renewal_ms_ago} ms`);
    checkSettlement(context, lease, body);
    checkRefusedRun(context, lease.leaseId, job, body.outcome);
    lease.state = state;
    lease.outcome = body.outcome;
    job.leaseId = null;
    job.lastSeq = entry.seq;
    for (const holder of holdersIn(context, lease)) holder.activeLeases.delete(lease.leaseId);
    if (context.sibling('job.settled') === undefined && context.sibling('job.requeued') === undefined)
      fail('I3', `lease ${lease.leaseId} ended and ${job.jobId} stayed ${job.state}`);
  };

/** Every hold of the lease ends here, once, and whatever is debited was held. */
function checkSettlement(context: FoldContext, lease: FoldedLease, body: LeaseEnd): void {
  const { fail } = context;
  const settled = new Set<string>();
  for (const part of context.siblings('budget.settled')) {
    if (part.lease_id !== lease.leaseId) fail('I17', `lease ${lease.leaseId} settles ${part.lease_id}`);
    if (lease.holds.get(part.scope) !== part.held_mcu || settled.has(part.scope))
      fail('I17', `${part.scope} holds ${lease.holds.get(part.scope)} for ${lease.leaseId}, settled ${part.held_mcu}`);
    if (part.debited_mcu + part.released_mcu !== part.held_mcu || part.debited_mcu < 0 || part.released_mcu < 0)
      fail('I16', `${part.scope}: ${part.debited_mcu} + ${part.released_mcu} is not ${part.held_mcu}`);
    if (part.debited_mcu !== Math.min(part.held_mcu, body.cost_mcu))
      fail('I16', `${part.scope}: a cost of ${body.cost_mcu} was debited as ${part.debited_mcu}`);
    settled.add(part.scope);
  }
  if (settled.size !== lease.holds.size) fail('I17', `${lease.holds.size} holds, ${settled.size} settlements`);
  // The rate of the hold counts, whatever the table says by now.
  if (body.cost_mcu < runtimeCostMcu(lease.rateMcuPerMinute, body.runtime_ms))
    fail('I16', `${body.runtime_ms} ms at ${lease.rateMcuPerMinute} a minute cost ${body.cost_mcu}`);
  if (body.overrun_mcu !== Math.max(0, body.cost_mcu - lease.holdMcu))
    fail('I16', `overrun ${body.overrun_mcu} at a cost of ${body.cost_mcu} and a hold of ${lease.holdMcu}`);
}

export const leaseFolds = {
  'lease.granted'(body, context) {
    const { world, entry, fail } = context;
    const job = jobOf(context, body.job_id);
    const source = sourceOf(context, body.source_id);
    if (job === undefined || source === undefined) return;
    if (job.leaseId !== null) fail('I1', `${job.jobId} holds ${job.leaseId} and gets ${body.lease_id}`);
    if (body.fence <= world.fence) fail('I2', `fence ${body.fence} after ${world.fence}`);
    if (body.attempt !== job.attempt + 1) fail('I8', `attempt ${body.attempt} after ${job.attempt}`);
    if (body.attempt > job.maxAttempts) fail('I8', `attempt ${body.attempt} of ${job.maxAttempts}`);
    checkPlacement(context, job, source, body);
    const lease: FoldedLease = {
      leaseId: body.lease_id,
      jobId: body.job_id,
      attempt: body.attempt,
      fence: body.fence,
      sourceId: body.source_id,
      sessionId: body.session_id,
      computeClass: body.compute_class,
      side: body.side,
      ttlMs: body.ttl_ms,
      holdMcu: body.hold_mcu,
      rateMcuPerMinute: body.rate_mcu_per_minute ?? world.budgets.rates[source.side][job.computeClass],
      holds: new Map(context.siblings('budget.held').map((h) => [h.scope, h.mcu])),
      state: 'active',
      outcome: null,
      isStarted: false,
      actions: { count: 0, costMcu: 0, chain: '' },
    };
    const scopes = body.hold_mcu === 0 ? [] : scopesOf(job.wuId, source.side, job.computeClass);
    if (scopes.length !== lease.holds.size || scopes.some((s) => lease.holds.get(s) !== body.hold_mcu))
      fail('I17', `a grant of ${body.hold_mcu} holds ${JSON.stringify([...lease.holds])}`);
    world.leases.set(body.lease_id, lease);
    world.fence = body.fence;
    for (const holder of holdersIn(context, lease)) {
      holder.activeLeases.add(body.lease_id);
      holder.lastGrantFence = body.fence;
    }
    moveJob(context, job, 'claimed');
    job.leaseId = body.lease_id;
    job.sourceId = body.source_id;
    job.lastSeq = entry.seq;
  },
  'attempt.started'(body, context) {
    const lease = leaseOf(context, body.lease_id);
    const job = jobOf(context, body.job_id);
    if (lease === undefined || job === undefined) return;
    if (lease.state !== 'active' || job.leaseId !== lease.leaseId)
      context.fail('I6', `attempt ${body.attempt} starts under lease ${lease.leaseId}, which is ${lease.state}`);
    if (context.entry.actor.id !== lease.sessionId)
      context.fail('I6', `session ${context.entry.actor.id} started a lease of ${lease.sessionId}`);
    if (lease.isStarted || body.attempt !== job.attempt + 1 || body.attempt !== lease.attempt)
      context.fail('I8', `attempt ${body.attempt} starts after ${job.attempt}`);
    lease.isStarted = true;
    moveJob(context, job, 'running');
    job.attempt = body.attempt;
  },
  'lease.released': end('released'),
  'lease.expired': end('expired'),
  'lease.revoked': end('revoked'),
  'completion.rejected'(body, context) {
    const { world, entry, fail } = context;
    if (entry.events.length !== 1) fail('I7', 'a rejected write came with another change');
    const lease = leaseOf(context, body.lease_id);
    const job = jobOf(context, body.job_id);
    if (lease?.state === 'active' && lease.fence === body.fence)
      fail('I7', `a write with the fence ${body.fence} that is in force was refused`);
    if (body.current_fence > world.fence) fail('I2', `the current fence ${body.current_fence} was never given out`);
    if (job !== undefined) job.lastSeq = entry.seq;
  },
  'attempt.action'(body, context) {
    const { entry, fail } = context;
    const lease = leaseOf(context, body.lease_id);
    const job = jobOf(context, body.job_id);
    if (lease === undefined || job === undefined) return;
    const { lease_id: leaseId, job_id: _, attempt, chain, signature: __, late = false, ...action } = body;
    if ((lease.state === 'active') === late || !lease.isStarted || entry.actor.id !== lease.sessionId)
      fail('I6', `action ${action.n} of ${leaseId}, late: ${late}, by ${entry.actor.id} while it was ${lease.state}`);
    if (action.n !== lease.actions.count + 1 || attempt !== lease.attempt)
      fail('I8', `action ${action.n} of attempt ${attempt} after ${lease.actions.count}`);
    if (chain !== chainOf({ lease_id: leaseId, fence: lease.fence, after: lease.actions.chain }, action))
      fail('I26', `action ${action.n} of ${leaseId} is not chained to the one before it`);
    const costMcu = lease.actions.costMcu + action.cost_mcu;
    if (costMcu > job.extrasMcu) fail('I15', `actions of ${leaseId} cost ${costMcu} of ${job.extrasMcu}`);
    lease.actions = { count: action.n, costMcu, chain };
    job.lastSeq = entry.seq;
  },
  'attempt.late_receipt'(body, context) {
    const { entry, fail } = context;
    if (entry.events.length !== 1) fail('I7', 'a late receipt came with another change');
    const lease = leaseOf(context, body.lease_id);
    const job = jobOf(context, body.job_id);
    if (lease?.state === 'active') fail('I7', `a receipt of ${body.lease_id} was late while the lease was active`);
    if (entry.actor.id !== lease?.sessionId)
      fail('I7', `session ${entry.actor.id} sent a receipt of ${lease?.sessionId}`);
    if (job !== undefined) job.lastSeq = entry.seq;
  },
} satisfies Folds;

import type { LeaseEnd } from '../../contract/events.ts';
import type { ArtifactRef } from '../../contract/job.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { CompleteRequest } from '../../contract/runtime.ts';
import type { AttemptOutcome } from '../../contract/terms.ts';
import { receiptProblem, tallyOf } from '../agent-tally.ts';
import type { CheckedReceipt } from '../evidence/check-run-receipt.ts';
import type { HotLease } from '../hot/lease.ts';
import { fenced } from '../leases.ts';
import { type Settled, settleLease } from '../settlement.ts';
import { budgetExhausted } from '../stopping.ts';
import type { CommandContext, Idempotency } from './context.ts';
import { sign } from './sign-of-life.ts';

/** Outputs that were not taken and are named in the entry. */
const REFUSED_KEPT = 20;

/** A receipt whose file is on disk under its SHA-256. */
export type StoredReceipt = Pick<CheckedReceipt, 'sha256' | 'actions'>;

/** What the rim adds to the runner's words. */
export interface EndFacts {
  /** The output that is stored and on disk. */
  output: LeaseEnd['output'];
  /** As many of the artifacts as an entry takes; all of them were stored. */
  artifacts: ArtifactRef[];
  artifactList?: { count: number; sha256: string } | undefined;
  /** The run receipt, which was checked and stored; null when none was sent. */
  runReceipt: StoredReceipt | null;
}

/** The runner says that the attempt ended. Settles lease, budget and job at once. */
export function endAttempt(
  ctx: CommandContext,
  sessionId: string,
  leaseId: string,
  request: CompleteRequest,
  write: 'complete' | 'fail',
  facts: EndFacts,
  idempotency: Idempotency | null,
): Settled {
  const lease = fenced(ctx.engine, ctx.rejected, sessionId, leaseId, request.fence, write);
  sign(ctx.engine, ctx.engine.hot.fleet.placeOf(lease));
  if (lease.startedPlaneMs === null)
    throw new ProblemError('conflict.state', 'Start the attempt before it is completed, or release the lease.');
  if (write === 'fail' && request.outcome === 'succeeded') {
    throw new ProblemError('field.invalid', 'A failed attempt cannot have succeeded: use /complete.', {
      errors: [{ pointer: '/outcome', message: 'must not be succeeded' }],
    });
  }
  const outcome = outcomeOf(request, lease);
  return settleLease(ctx.engine, { kind: 'runner', id: sessionId }, lease, {
    state: 'released',
    outcome,
    reason: reasonOf(outcome, request, lease),
    exitCode: request.exit_code,
    reportedRuntimeMs: request.usage.runtime_ms,
    extrasMcu: request.extras_mcu,
    artifacts: facts.artifacts,
    artifactList: facts.artifactList,
    refusedOutputs: request.refused_outputs
      .slice(0, REFUSED_KEPT)
      .map((o) => ({ path: o.path.slice(0, 200), reason: o.reason })),
    output: facts.output,
    runReceiptSha256: facts.runReceipt?.sha256 ?? null,
    runReceiptProblem: facts.runReceipt === null ? null : receiptProblem(tallyOf(ctx.engine, lease), facts.runReceipt),
    idempotency,
  });
}

/** A stop that the plane asked for keeps its own cause: the runner only knows that it was told to stop. */
function outcomeOf(request: CompleteRequest, lease: HotLease): AttemptOutcome {
  if (request.outcome === 'succeeded')
    return request.exit_code === null || request.exit_code === 0 ? 'succeeded' : 'failed';
  const wasStopped = lease.directive?.kind === 'stop' && request.outcome === 'failed';
  if (request.outcome !== 'canceled' && !wasStopped) return request.outcome;
  switch (lease.directive?.cause) {
    case 'timed_out':
      return 'timed_out';
    case 'stalled':
      return 'stalled';
    case 'drain':
      return 'given_back';
    case 'admission':
      return 'revoked';
    case 'budget_exhausted':
      return 'budget_exhausted';
    default:
      return 'canceled';
  }
}

function reasonOf(outcome: AttemptOutcome, request: CompleteRequest, lease: HotLease): string {
  if (request.detail !== undefined && outcome !== 'budget_exhausted') return request.detail;
  switch (outcome) {
    case 'succeeded':
      return 'Exit 0.';
    case 'failed':
      return request.exit_code === null ? 'The work failed.' : `Exit ${request.exit_code}.`;
    case 'timed_out':
      return `It ran longer than its ${Math.round(lease.maxRuntimeMs / 1000)} s.`;
    case 'budget_exhausted':
      return budgetExhausted(lease);
    case 'canceled':
      return lease.directive?.reason ?? 'The runner stopped it.';
    default:
      return lease.directive?.reason ?? `The attempt ended: ${outcome}.`;
  }
}

/** The runner gives the lease back without having run it. */
export function releaseLease(
  ctx: CommandContext,
  sessionId: string,
  leaseId: string,
  fence: number,
  reason: string | undefined,
  idempotency: Idempotency | null,
): Settled {
  const lease = fenced(ctx.engine, ctx.rejected, sessionId, leaseId, fence, 'release');
  sign(ctx.engine, ctx.engine.hot.fleet.placeOf(lease));
  return settleLease(ctx.engine, { kind: 'runner', id: sessionId }, lease, {
    state: 'released',
    outcome: 'given_back',
    reason: reason ?? 'The runner gave it back.',
    idempotency,
  });
}

/** The answer of an earlier complete, fail or release with this key, rebuilt from its entry; null when the key is new. */
export function repeatedEnd(ctx: CommandContext, idempotency: Idempotency): Settled | null {
  const [row] = ctx.engine.entriesOfKey(idempotency.key);
  if (row === undefined) return null;
  if (row.request !== idempotency.request)
    throw new ProblemError('idempotency.key_reused', 'Use a new Idempotency-Key for another request.');
  const { events } = ctx.engine.entry(row.seq);
  const settled = events.find((e) => e.type === 'job.settled');
  const debit = events.find((e) => e.type === 'budget.settled');
  return {
    seq: row.seq,
    jobState: settled?.type === 'job.settled' ? settled.body.outcome : 'queued',
    settledMcu:
      settled?.type === 'job.settled'
        ? settled.body.cost_mcu
        : debit?.type === 'budget.settled'
          ? debit.body.debited_mcu
          : 0,
  };
}

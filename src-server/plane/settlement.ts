import type { LeaseEnd, PlaneEvent } from '../contract/events.ts';
import type { ArtifactRef } from '../contract/job.ts';
import type { AttemptOutcome, LeaseState } from '../contract/terms.ts';
import { DEFAULT_RATES, runtimeCostMcu, scopesOf, settle } from '../domain/budgets/cost.ts';
import { nextStep } from '../domain/leases/outcome.ts';
import { retryDelayMs } from '../domain/leases/retry.ts';
import type { EntryActor } from '../ledger/entry.ts';
import type { JobRow } from '../state/queries/jobs.ts';
import { tallyOf } from './agent-tally.ts';
import { offerFreed, turnWindows } from './budgets/review.ts';
import { instantOf } from './clock.ts';
import type { Engine } from './engine.ts';
import { idempotencyRef } from './grants.ts';
import type { HotLease } from './hot/lease.ts';
import { usageEvents } from './metering/usage-events.ts';
import { becomeReady } from './ready.ts';

export interface AttemptEnd {
  state: Exclude<LeaseState, 'active'>;
  outcome: AttemptOutcome;
  /** Why, in a sentence for people. */
  reason: string;
  exitCode?: number | null;
  /** What the runner measured; a figure below the plane's own counts. */
  reportedRuntimeMs?: number;
  extrasMcu?: number;
  artifacts?: ArtifactRef[];
  /** Where the whole list is, when it does not fit into an entry. */
  artifactList?: { count: number; sha256: string } | undefined;
  refusedOutputs?: { path: string; reason: string }[];
  output?: LeaseEnd['output'];
  runReceiptSha256?: string | null;
  /** What the receipt says against the record, in a sentence. */
  runReceiptProblem?: string | null;
  idempotency?: { key: string; request: string } | null;
}

export interface Settled {
  seq: number;
  jobState: JobRow['state'];
  settledMcu: number;
}

/**
 * Ends a lease: lease, budget and job move in one entry, so a crash can never split them.
 * @returns what the job became. A retry is queued with its backoff.
 */
export function settleLease(engine: Engine, actor: EntryActor, lease: HotLease, asked: AttemptEnd): Settled {
  const end = ofRejected(lease, asked);
  const job = engine.jobAt(lease.jobSeq);
  const { spec } = engine.submitted(lease.jobSeq);
  const isCancelRequested = engine.hot.stopping.has(job.jobId);
  const next = nextStep({
    outcome: end.outcome,
    exitCode: end.exitCode ?? null,
    attemptsStarted: job.attempt,
    maxAttempts: job.maxAttempts,
    finalExitCodes: spec.final_exit_codes,
    isCancelRequested,
  });
  turnWindows(engine);
  // At the rate of the hold: a job pays for the class it asked for, not for the larger one that took it.
  const body = endOf(engine, lease, end, lease.rateMcuPerMinute ?? DEFAULT_RATES[lease.side][spec.compute_class]);
  const settlement = settle(lease.holdMcu, body.cost_mcu);
  body.overrun_mcu = settlement.overrunMcu;
  const scopes = scopesOf(job.wuId, lease.side, spec.compute_class);
  const budget: PlaneEvent[] =
    lease.holdMcu === 0
      ? []
      : scopes.map((scope) => ({
          type: 'budget.settled',
          body: {
            lease_id: lease.leaseId,
            scope,
            held_mcu: lease.holdMcu,
            debited_mcu: settlement.debitedMcu,
            released_mcu: settlement.releasedMcu,
            ...engine.hot.budgets.standing(scope),
          },
        }));
  const delayMs = next.hasBackoff ? retryDelayMs(job.attempt, engine.random.unit()) : 0;
  const then: PlaneEvent =
    next.state === 'queued'
      ? { type: 'job.requeued', body: { job_id: job.jobId, delay_ms: delayMs, cause: end.outcome, reason: end.reason } }
      : {
          type: 'job.settled',
          body: {
            job_id: job.jobId,
            lease_id: lease.leaseId,
            outcome: next.state,
            cost_mcu: settlement.debitedMcu,
            reason: lastWords(job, next.state, end.reason),
          },
        };
  const ended = { type: `lease.${end.state}`, body } as PlaneEvent;
  const ref = { attempt: lease.attempt, fence: lease.fence, ...idempotencyRef(end.idempotency ?? null) };
  const warned = warnings(engine, scopes, settlement.debitedMcu);
  const around = [...stopped(engine, lease, end.state), ...unanswered(lease)];
  const used = usageEvents(engine, lease, {
    wuId: job.wuId,
    computeClass: spec.compute_class,
    runtimeMs: body.runtime_ms,
    mcu: settlement.debitedMcu,
  });
  const seq = engine.emit(actor, [ended, ...around, ...budget, ...warned, ...used, then], ref, job);
  if (next.state === 'queued') becomeReady(engine, job.seq, delayMs);
  if (engine.hot.budgets.lots.isDue) offerFreed(engine);
  return { seq, jobState: next.state, settledMcu: settlement.debitedMcu };
}

/** A run whose approval was not given fails for good, whatever its runner says of it or does not say. */
function ofRejected(lease: HotLease, end: AttemptEnd): AttemptEnd {
  const status = lease.question?.status;
  if (status !== 'rejected' && status !== 'expired') return end;
  const { directive } = lease;
  const reason = directive?.cause === 'rejected' ? directive.reason : `The approval that it asked for was ${status}.`;
  return { ...end, outcome: 'rejected', reason };
}

/** A question lives no longer than the attempt that asked it. */
const unanswered = ({ question, jobId, leaseId }: HotLease): PlaneEvent[] =>
  question?.status !== 'pending'
    ? []
    : [
        {
          type: 'approval.expired',
          body: { approval_id: question.approvalId, job_id: jobId, lease_id: leaseId, cause: 'ended' },
        },
      ];

/** How a job ended, as its row says it from then on. */
const lastWords = (job: JobRow, state: JobRow['state'], reason: string): string =>
  state === 'dead_letter' ? `${reason} ${job.attempt} of ${job.maxAttempts} attempts used up.` : reason;

/**
 * What the runner says at the end counts; of one that says nothing, and of one that was stopped for it, its last report.
 * Calls of an agent cost what the plane has on record of them, whatever the runner says or does not say.
 */
function costOf(engine: Engine, lease: HotLease, end: AttemptEnd, runtimeMcu: number): number {
  const isAgent = engine.submitted(lease.jobSeq).spec.mcp !== undefined;
  const saidMcu = runtimeMcu + (isAgent ? tallyOf(engine, lease).costMcu : (end.extrasMcu ?? 0));
  const isLastWord = end.extrasMcu !== undefined && end.outcome !== 'budget_exhausted';
  return isLastWord ? saidMcu : Math.max(saidMcu, lease.reportedMcu ?? 0);
}

/** Marks of a limit that this settlement reaches. */
const warnings = (engine: Engine, scopes: readonly string[], debitedMcu: number): PlaneEvent[] =>
  scopes
    .flatMap((scope) => engine.hot.budgets.marksReached(scope, debitedMcu))
    .map(({ limit, percent, spentMcu }) => ({
      type: 'budget.warned',
      body: {
        scope: limit.scope,
        window: limit.window,
        percent,
        limit_mcu: limit.limitMcu,
        spent_mcu: spentMcu,
      },
    }));

function endOf(engine: Engine, lease: HotLease, end: AttemptEnd, rate: number): LeaseEnd {
  const nowMs = engine.clock.monoMs();
  // A lease that was lost is charged up to its last known renewal; one that ended by its runner up to now.
  const ranMs = lease.startedPlaneMs === null ? 0 : Math.max(0, engine.planeMs - lease.startedPlaneMs);
  const knownMs = end.state === 'expired' ? Math.max(0, ranMs - (nowMs - lease.lastRenewalMs)) : ranMs;
  const runtimeMs = Math.min(knownMs, end.reportedRuntimeMs ?? knownMs);
  return {
    lease_id: lease.leaseId,
    job_id: lease.jobId,
    assignment_run_id: lease.assignmentRunId,
    outcome: end.outcome,
    reason: end.reason,
    exit_code: end.exitCode ?? null,
    runtime_ms: runtimeMs,
    cost_mcu: costOf(engine, lease, end, runtimeCostMcu(rate, runtimeMs)),
    overrun_mcu: 0,
    renewals: lease.renewals,
    last_renewal_ms_ago: Math.max(0, nowMs - lease.lastRenewalMs),
    artifacts: end.artifacts ?? [],
    ...(end.artifactList === undefined
      ? {}
      : { artifact_count: end.artifactList.count, artifact_list_sha256: end.artifactList.sha256 }),
    ...(end.refusedOutputs === undefined || end.refusedOutputs.length === 0
      ? {}
      : { refused_outputs: end.refusedOutputs }),
    output: end.output ?? null,
    run_receipt_sha256: end.runReceiptSha256 ?? null,
    ...(end.runReceiptProblem == null ? {} : { run_receipt_problem: end.runReceiptProblem }),
  };
}

/** A stop that was asked for is measured: asked at, process gone at. Only the runner can say that it is gone. */
function stopped(engine: Engine, lease: HotLease, state: AttemptEnd['state']): PlaneEvent[] {
  if (lease.directive === null || state !== 'released') return [];
  return [
    {
      type: 'attempt.stopped',
      body: {
        lease_id: lease.leaseId,
        cause: lease.directive.cause,
        asked_at: instantOf(lease.directive.askedWallMs),
        gone_at: instantOf(engine.clock.wallMs()),
      },
    },
  ];
}

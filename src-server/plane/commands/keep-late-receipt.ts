import { endedLease } from '../../state/queries/leases.ts';
import { receiptProblem, tallyOnRecord } from '../agent-tally.ts';
import type { Engine } from '../engine.ts';
import type { ReceiptFacts } from '../evidence/check-run-receipt.ts';
import { jobOfLease } from '../evidence/job-story.ts';
import { historyOf } from '../views/history.ts';
import type { CommandContext } from './context.ts';
import type { StoredReceipt } from './end-attempt.ts';

/** What a receipt of a lease that is over must say; null when this session never had the lease with this fence. */
export function lateReceiptFacts(
  engine: Engine,
  sessionId: string,
  leaseId: string,
  fence: number,
): ReceiptFacts | null {
  const ended = endedLease(engine.state.db, leaseId);
  const session = engine.hot.fleet.sessions.get(sessionId);
  if (ended === undefined || session === undefined || ended.sessionId !== sessionId || ended.fence !== fence)
    return null;
  const asRun = jobOfLease(historyOf(engine, engine.jobAt(ended.jobSeq)), leaseId);
  if (asRun === null) return null;
  return {
    workspaceId: engine.workspaceId,
    sessionId,
    publicKey: session.publicKey,
    jobId: ended.jobId,
    jobDigest: asRun.digest,
    leaseId,
    attempt: ended.attempt,
    fence,
  };
}

/**
 * Records the receipt of an attempt whose lease was lost before: evidence of what ran, which changes nothing. One per
 * lease; the receipt that settled the lease is not late.
 * @returns whether it was recorded.
 */
export function keepLateReceipt(
  ctx: CommandContext,
  sessionId: string,
  leaseId: string,
  { sha256, actions }: StoredReceipt,
): boolean {
  const { engine } = ctx;
  const ended = endedLease(engine.state.db, leaseId);
  if (ended === undefined || ended.sessionId !== sessionId) return false;
  const job = engine.jobAt(ended.jobSeq);
  const isKnown = historyOf(engine, job).some(({ events }) =>
    events.some(
      ({ type, body }) =>
        (type === 'attempt.late_receipt' && body.lease_id === leaseId) ||
        ((type === 'lease.released' || type === 'lease.expired' || type === 'lease.revoked') &&
          body.lease_id === leaseId &&
          body.run_receipt_sha256 === sha256),
    ),
  );
  if (isKnown) return false;
  const { attempt, fence } = ended;
  const problem = receiptProblem(tallyOnRecord(engine, job, leaseId), { actions });
  const body = {
    lease_id: leaseId,
    job_id: job.jobId,
    attempt,
    fence,
    run_receipt_sha256: sha256,
    ...(problem === null ? {} : { run_receipt_problem: problem }),
  };
  engine.emit({ kind: 'runner', id: sessionId }, [{ type: 'attempt.late_receipt', body }], { attempt, fence }, job);
  return true;
}

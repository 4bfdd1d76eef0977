import type { LeaseEnd, PlaneEvent } from '../../contract/events.ts';
import type { Attempt } from '../../contract/job.ts';
import type { LeaseState } from '../../contract/terms.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import type { Engine, TypedEntry } from '../engine.ts';
import { historyOf } from './history.ts';

type Granted = Extract<PlaneEvent, { type: 'lease.granted' }>['body'];

/** Every grant of the job, oldest first, told from its entries; the live one with its volatile figures. */
export function attemptsView(engine: Engine, row: JobRow, history: TypedEntry[] = historyOf(engine, row)): Attempt[] {
  const attempts = new Map<string, Attempt>();
  for (const entry of history) for (const event of entry.events) tell(engine, attempts, entry, event);
  return [...attempts.values()];
}

function tell(engine: Engine, attempts: Map<string, Attempt>, entry: TypedEntry, event: PlaneEvent): void {
  switch (event.type) {
    case 'lease.granted':
      attempts.set(event.body.lease_id, granted(engine, event.body, entry.at));
      return;
    case 'attempt.started':
      patch(attempts, event.body.lease_id, { started_at: entry.at });
      return;
    case 'lease.released':
    case 'lease.expired':
    case 'lease.revoked':
      patch(
        attempts,
        event.body.lease_id,
        ended(event.body, event.type.slice('lease.'.length) as LeaseState, entry.at),
      );
      return;
    case 'job.requeued': {
      const last = [...attempts.values()].at(-1);
      if (last !== undefined) last.retry_delay_ms = event.body.delay_ms;
      return;
    }
    case 'attempt.late_receipt': {
      const { lease_id: leaseId, run_receipt_problem: problem } = event.body;
      if (problem !== undefined) patch(attempts, leaseId, { receipt_problem: problem });
      return;
    }
    case 'completion.rejected': {
      const { write, fence, current_fence } = event.body;
      attempts.get(event.body.lease_id)?.rejected_writes.push({ at: entry.at, write, fence, current_fence });
      return;
    }
    default:
  }
}

function patch(attempts: Map<string, Attempt>, leaseId: string, change: Partial<Attempt>): void {
  const attempt = attempts.get(leaseId);
  if (attempt !== undefined) Object.assign(attempt, change);
}

function granted(engine: Engine, body: Granted, at: string): Attempt {
  const live = engine.hot.lease(body.lease_id);
  const size = (n: number) => ({ size_bytes: n, sha256: null, truncated: false });
  return {
    attempt: body.attempt,
    lease_id: body.lease_id,
    fence: body.fence,
    source_id: body.source_id,
    source_name: engine.hot.fleet.sources.get(body.source_id)?.name ?? body.source_id,
    assignment_run_id: body.assignment_run_id,
    compute_class: body.compute_class,
    state: 'active',
    outcome: null,
    exit_code: null,
    granted_at: at,
    started_at: null,
    ended_at: null,
    end_reason: null,
    renewals: live?.renewals ?? 0,
    cost_mcu: 0,
    artifacts: [],
    output: live === undefined ? null : { stdout: size(live.logSizes.stdout), stderr: size(live.logSizes.stderr) },
    has_run_receipt: false,
    rejected_writes: [],
    retry_delay_ms: null,
  };
}

const ended = (body: LeaseEnd, state: LeaseState, at: string): Partial<Attempt> => ({
  state,
  outcome: body.outcome,
  exit_code: body.exit_code,
  ended_at: at,
  end_reason: body.reason,
  renewals: body.renewals,
  cost_mcu: body.cost_mcu - body.overrun_mcu,
  artifacts: body.artifacts,
  output: body.output,
  has_run_receipt: body.run_receipt_sha256 !== null,
  ...(body.run_receipt_problem === undefined ? {} : { receipt_problem: body.run_receipt_problem }),
});

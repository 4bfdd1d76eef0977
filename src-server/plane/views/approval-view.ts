import type { z } from 'zod';
import type {
  Approval,
  ApprovalDetail,
  ApprovalEffects,
  ApprovalPrevious,
  approvalListQuery,
} from '../../contract/approval.ts';
import type { JobSpec } from '../../contract/job.ts';
import { differenceOf, differenceSentence } from '../../domain/approvals/difference.ts';
import { type ApprovalRow, approvalById, lastApproved, listApprovals } from '../../state/queries/approvals.ts';
import { askersOf } from '../commands/decide-approval.ts';
import type { Engine } from '../engine.ts';
import { approvalEffects, commandOf } from './approval-effects.ts';
import { historyOf } from './history.ts';
import { keyOfCursor, pageOf } from './page.ts';

const wordsOf = (text: string | undefined): string[] | undefined => {
  const words = text?.split(',').filter((w) => w !== '');
  return words === undefined || words.length === 0 ? undefined : words;
};

function toApproval(engine: Engine, row: ApprovalRow): Approval {
  const isOpen = row.status === 'pending' && row.expiresPlaneMs !== null;
  return {
    approval_id: row.approvalId,
    kind: row.kind,
    job_id: row.jobId,
    wu_id: row.wuId,
    title: row.title,
    lease_id: row.leaseId,
    status: row.status,
    sentence: row.sentence,
    reason: row.reason,
    kinds: row.kinds,
    subject: row.subject,
    digest: row.digest,
    requested_by: row.requestedBy,
    requested_at: row.requestedAt,
    expires_in_ms: isOpen ? Math.max(0, (row.expiresPlaneMs as number) - engine.planeMs) : null,
    decided_at: row.decidedAt,
    decided_by: row.decidedBy,
    decision_reason: row.decisionReason,
  };
}

/** One question as its list shows it; null when it is not of this workspace. */
export function approvalView(engine: Engine, approvalId: string): Approval | null {
  const row = approvalById(engine.state.db, approvalId);
  return row === undefined ? null : toApproval(engine, row);
}

/** One question with everything that an approver looks at. */
export function approvalDetailView(engine: Engine, approvalId: string): ApprovalDetail | null {
  const row = approvalById(engine.state.db, approvalId);
  if (row === undefined) return null;
  const job = row.jobId === null ? null : engine.job(row.jobId);
  const spec = row.kind === 'fallback' ? null : specOf(engine, row);
  return {
    ...toApproval(engine, row),
    effects: spec === null ? null : effectsOf(engine, row, spec),
    previous: spec === null || row.kind !== 'before_start' ? null : previousOf(engine, row, spec),
    four_eyes: engine.hot.policy.fourEyes,
    not_by: askersOf(engine, row, job),
  };
}

/** The job as it was when it was asked about: the newest of its entries with that digest. */
function specOf(engine: Engine, row: ApprovalRow): JobSpec | null {
  if (row.jobId === null) return null;
  const job = engine.job(row.jobId);
  const now = engine.submitted(job.seq);
  if (row.digest === null || now.digest === row.digest) return now.spec;
  for (const { events } of historyOf(engine, job).reverse())
    for (const event of events)
      if ((event.type === 'job.edited' || event.type === 'job.submitted') && event.body.digest === row.digest)
        return event.body.spec;
  return null;
}

/** While it waits, of this moment; afterwards as they stood when it was decided. */
function effectsOf(engine: Engine, row: ApprovalRow, spec: JobSpec): ApprovalEffects | null {
  if (row.status === 'pending') return approvalEffects(engine, spec);
  if (row.decidedSeq === null) return null;
  const decided = engine.entry(row.decidedSeq).events.find((e) => e.type === 'approval.approved');
  const shown = decided?.type === 'approval.approved' ? (decided.body.effects ?? null) : null;
  return shown === null ? null : { ...shown, command: commandOf(spec) };
}

function previousOf(engine: Engine, row: ApprovalRow, spec: JobSpec): ApprovalPrevious | null {
  const last = lastApproved(engine.state.db, spec.wu_id, spec.title, row.seq);
  if (last?.jobId == null || last.digest === null) return null;
  const before = specOf(engine, last);
  if (before === null) return null;
  const changes = differenceOf(before, spec);
  return {
    approval_id: last.approvalId,
    job_id: last.jobId,
    digest: last.digest,
    approved_at: last.decidedAt ?? last.requestedAt,
    approved_by: last.decidedBy ?? '',
    sentence: differenceSentence(changes),
    changes,
  };
}

/** Newest first. */
export const listApprovalsView = (
  engine: Engine,
  query: z.output<typeof approvalListQuery>,
): { items: Approval[]; next_cursor: string | null } =>
  pageOf(
    listApprovals(engine.state.db, {
      statuses: wordsOf(query.status),
      kinds: wordsOf(query.kind),
      jobId: query.job_id,
      beforeSeq: keyOfCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER,
      limit: query.limit + 1,
    }),
    query.limit,
    (a) => a.seq,
    (row) => toApproval(engine, row),
  );

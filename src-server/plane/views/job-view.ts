import type { z } from 'zod';
import type { Job, JobList, JobListItem, jobListQuery } from '../../contract/job.ts';
import { JOB_STATES, type JobState } from '../../contract/terms.ts';
import { JobTexts } from '../../state/job-texts.ts';
import { pendingApprovalOf } from '../../state/queries/approvals.ts';
import { type JobRow, listJobs } from '../../state/queries/jobs.ts';
import { budgetSentence } from '../budgets/explain-budget.ts';
import { instantOf, type Timers } from '../clock.ts';
import type { Engine, TypedEntry } from '../engine.ts';
import { attemptsView } from './attempt-view.ts';
import { refusedNumbers } from './budget-view.ts';
import { historyOf } from './history.ts';
import { keyOfCursor, pageOf } from './page.ts';
import { replayPath } from './replay-path.ts';

const at = (ms: number | null): string | null => (ms === null ? null : instantOf(ms));

/** Why the job is where it is; a queued job shares its bucket's answer. */
function whyOf(engine: Engine, row: JobRow): string {
  if (row.state === 'queued') {
    const backoffMs = row.readyPlaneMs - engine.planeMs;
    const answer =
      budgetSentence(engine, row) ?? engine.hot.queue.bucket(row.bucket).answer?.sentence ?? 'Waiting to be placed.';
    const now = backoffMs > 0 ? `Tried again in ${Math.ceil(backoffMs / 1000)} s.` : answer;
    // What ended the attempt before, or an operator's word, stays in sight while the job waits again.
    return row.why === null ? now : `${closed(row.why)} ${now}`;
  }
  return row.why ?? '';
}

/** A reason that an operator typed mostly ends without a full stop; another sentence follows it here. */
const closed = (reason: string): string => (/[.!?…]$/.test(reason) ? reason : `${reason}.`);

/** The open question of a run; null when it asks nothing now. */
function questionOf(engine: Engine, row: JobRow): string | null {
  const question = row.leaseId === null ? null : engine.hot.lease(row.leaseId)?.question;
  return question?.status === 'pending' ? question.approvalId : null;
}

/** The question that somebody has to answer before the job goes on. */
function approvalOf(engine: Engine, row: JobRow): string | null {
  if (row.state === 'running') return questionOf(engine, row);
  const isAsked = row.state === 'held' && (row.hold === 'fallback_ask' || row.hold === 'approval');
  return isAsked ? (pendingApprovalOf(engine.state.db, row.jobId)?.approvalId ?? null) : null;
}

/** A row of the jobs table. */
export function jobListItem(engine: Engine, row: JobRow): JobListItem {
  const { requirement } = engine.hot.queue.bucket(row.bucket);
  const source = row.sourceId === null ? undefined : engine.hot.fleet.sources.get(row.sourceId);
  return {
    job_id: row.jobId,
    seq: row.seq,
    wu_id: row.wuId,
    title: row.title,
    state: row.state,
    hold: row.state === 'held' ? row.hold : null,
    stopping: row.isStopping && (row.state === 'claimed' || row.state === 'running'),
    waiting_on: questionOf(engine, row) === null ? null : 'approval',
    why: whyOf(engine, row),
    compute_class: requirement.computeClass,
    labels: Object.fromEntries(requirement.labels),
    priority: row.priority,
    attempt: row.attempt,
    max_attempts: row.maxAttempts,
    source_id: row.sourceId,
    source_name: source?.name ?? null,
    source_kind: source?.kind ?? null,
    lease_id: row.leaseId,
    created_at: instantOf(row.createdMs),
    started_at: at(row.startedMs),
    finished_at: at(row.finishedMs),
  };
}

/** The whole job, with its attempts read from the log. */
export function jobView(engine: Engine, row: JobRow): Job {
  const submitted = engine.submitted(row.seq);
  const history = historyOf(engine, row);
  const decided = history.findLast((e) => e.events.some((x) => x.type === 'policy.decided'));
  const decision = decided?.events.find((e) => e.type === 'policy.decided');
  const refused = history.findLast((e) => e.events.some((x) => x.type === 'job.state' && x.body.state === 'refused'));
  const refusedBody = refused?.events.find((e) => e.type === 'job.state');
  const backoffMs = row.state === 'queued' ? row.readyPlaneMs - engine.planeMs : 0;
  return {
    ...jobListItem(engine, row),
    spec: submitted.spec,
    submitted_by: submitted.submittedBy,
    decision_id:
      decision?.type === 'policy.decided'
        ? decision.body.decision_id
        : (engine.hot.budgets.lots.answerOf(row.seq)?.decisionId ??
          engine.hot.queue.bucket(row.bucket).answer?.decisionId ??
          null),
    policy_version: decision?.type === 'policy.decided' ? decision.body.policy_version : null,
    digest: submitted.digest,
    network: submitted.spec.network,
    attempts: attemptsView(engine, row, history),
    refusal:
      refusedBody?.type === 'job.state'
        ? {
            code: refusedBody.body.reason ?? 'policy',
            sentence: refusedBody.body.sentence ?? '',
            ...refusedNumbers(refused as TypedEntry),
          }
        : null,
    retry_of: submitted.retryOf,
    not_before_ms: backoffMs > 0 ? backoffMs : null,
    approval_id: approvalOf(engine, row),
    replay_path: replayPath(engine.workspaceId, row.lastSeq),
  };
}

/**
 * The job as it was at the moment of its submission, from its entry alone: what a repeated submit answers, byte for byte.
 */
export function jobAtSubmit(engine: Engine, seq: number): Job {
  const submitted = engine.submittedFirst(seq);
  const { at: createdAt, events } = engine.entry(seq);
  const { spec } = submitted;
  const held = events.find((e) => e.type === 'job.state');
  const decided = events.find((e) => e.type === 'policy.decided');
  const asked = events.find((e) => e.type === 'approval.requested');
  return {
    job_id: submitted.jobId,
    seq,
    wu_id: spec.wu_id,
    title: spec.title,
    state: held?.type === 'job.state' ? held.body.state : 'queued',
    hold: held?.type === 'job.state' ? held.body.hold : null,
    stopping: false,
    waiting_on: null,
    why: held?.type === 'job.state' ? (held.body.sentence ?? '') : 'Waiting to be placed.',
    compute_class: spec.compute_class,
    labels: spec.labels,
    priority: spec.priority,
    attempt: 0,
    max_attempts: spec.max_attempts,
    source_id: null,
    source_name: null,
    source_kind: null,
    lease_id: null,
    created_at: createdAt,
    started_at: null,
    finished_at: null,
    spec,
    submitted_by: submitted.submittedBy,
    decision_id: decided?.type === 'policy.decided' ? decided.body.decision_id : null,
    policy_version: decided?.type === 'policy.decided' ? decided.body.policy_version : null,
    digest: submitted.digest,
    network: spec.network,
    attempts: [],
    refusal: null,
    retry_of: submitted.retryOf,
    not_before_ms: null,
    approval_id: asked?.type === 'approval.requested' ? asked.body.approval_id : null,
    replay_path: replayPath(engine.workspaceId, seq),
  };
}

/** A state that at least so many jobs are in is found sooner by going through all of them. */
const COMMON_SHARE = 0.2;
const isState = (text: string): text is JobState => (JOB_STATES as readonly string[]).includes(text);

/** One page of the jobs table, newest first, with the counts of all states. */
export function listJobsView(engine: Engine, query: z.output<typeof jobListQuery>): JobList {
  const asked = query.state?.split(',').filter(isState) ?? [];
  const states = asked.length === 0 ? undefined : [...new Set(asked)];
  const countOf = (some: readonly JobState[]) => some.reduce((sum, s) => sum + (engine.hot.jobCounts.get(s) ?? 0), 0);
  const rows = listJobs(engine.state.db, {
    states,
    isCommon: states !== undefined && countOf(states) > countOf(JOB_STATES) * COMMON_SHARE,
    sourceId: query.source_id,
    wuId: query.wu_id,
    computeClass: query.compute_class,
    search: query.q,
    beforeSeq: keyOfCursor(query.cursor),
    limit: query.limit + 1,
  });
  const counts = Object.fromEntries(JOB_STATES.map((s) => [s, engine.hot.jobCounts.get(s) ?? 0])) as JobList['counts'];
  return {
    ...pageOf(
      rows,
      query.limit,
      (row) => row.seq,
      (row) => jobListItem(engine, row),
    ),
    counts,
  };
}

/** Whoever looks at the jobs may search them next: then their texts are at hand. */
export const expectSearch = (engine: Engine, timers: Timers): void =>
  JobTexts.of(engine.state.db).readAhead((run) => timers.soon(run));

import { cuWords } from '../domain/budgets/words.ts';
import { firstSideStanding } from '../domain/routing/fallback.ts';
import { sidesOf, sideWord } from '../domain/routing/policy.ts';
import { crossingBecause } from '../domain/routing/sentence.ts';
import { FALLBACK } from '../state/appliers/job.ts';
import { countPendingApprovals } from '../state/queries/approvals.ts';
import { type JobRow, jobBySeq, queuedInBucket } from '../state/queries/jobs.ts';
import { judgeOn, neededOn } from './budgets/judge-job.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';
import type { HotBucket } from './hot/queue.ts';
import { freeSlots } from './hot/source.ts';
import { dispatch } from './placing.ts';

/** The first side was busy for `fallback.after_ms`: opens the second, or asks an operator, as the policy says. */
export function onFallbackDue(engine: Engine, jobSeq: number): void {
  const job = jobBySeq(engine.state.db, jobSeq);
  const { policy } = engine.hot;
  if (job?.state !== 'queued' || job.fallback !== FALLBACK.closed || sidesOf(policy.mode).second === null) return;
  if (engine.planeMs - job.readyPlaneMs < policy.fallback.afterMs) return;
  if (policy.fallback.mode === 'ask') engine.hot.fallbackDue.add(jobSeq);
  if (policy.fallback.mode !== 'auto') return;
  engine.emit(
    PLANE_ACTOR,
    [{ type: 'job.fallback_opened', body: { job_id: job.jobId, because: 'busy_longer_than' } }],
    {},
    job,
  );
  const opened = engine.jobAt(jobSeq);
  engine.hot.queue.openFallback(opened, policy);
  dispatch(engine, opened);
}

/**
 * Under `ask`, holds jobs that the second side could take now and puts the question to an operator: those that waited
 * long enough, and those whose preferred side has nobody there. Never more questions than the second side has free slots.
 */
export function askFallbacks(engine: Engine): void {
  const { hot } = engine;
  const { first, second } = sidesOf(hot.policy.mode);
  if (second === null || hot.policy.fallback.mode !== 'ask') return;
  for (const bucket of hot.queue.buckets.values()) {
    if (bucket.queued === 0) continue;
    const groups = hot.fleet.groupsFor(bucket.requirement, bucket.verdicts);
    const room = groups
      .filter((g) => g.profile.side === second && g.fits && g.availability === 'ready')
      .reduce((n, g) => n + g.sourceIds.reduce((slots, id) => slots + freeSlots(hot.fleet.source(id)), 0), 0);
    if (room === 0) continue;
    let left = room - heldFor(engine);
    const standing = firstSideStanding(groups, first);
    for (const job of candidates(engine, bucket, standing !== 'there')) {
      // Nobody is asked for what a budget would refuse at once.
      if (judgeOn(engine, job, bucket.requirement.computeClass, second).outcome !== 'room') continue;
      if (left-- <= 0) break;
      ask(engine, job, bucket, standing === 'there' ? 'busy_longer_than' : standing);
    }
  }
}

/** Questions that are open now, each standing for a slot of the second side. */
const heldFor = (engine: Engine): number => countPendingApprovals(engine.state.db, 'fallback');

function candidates(engine: Engine, bucket: HotBucket, isNobodyThere: boolean): JobRow[] {
  const isAskable = (job: JobRow | undefined): job is JobRow =>
    job?.state === 'queued' && job.fallback === FALLBACK.closed && job.readyPlaneMs <= engine.planeMs;
  if (isNobodyThere) return queuedInBucket(engine.state.db, bucket.id, 200).filter(isAskable);
  const due: JobRow[] = [];
  for (const seq of engine.hot.fallbackDue) {
    const job = jobBySeq(engine.state.db, seq);
    if (!isAskable(job)) engine.hot.fallbackDue.delete(seq);
    else if (job.bucket === bucket.id) due.push(job);
  }
  return due;
}

function ask(engine: Engine, job: JobRow, bucket: HotBucket, crossing: Parameters<typeof crossingBecause>[0]): void {
  const { policy } = engine.hot;
  const second = sidesOf(policy.mode).second as 'byoc' | 'managed';
  const because = crossingBecause(crossing, policy, bucket.requirement);
  const worst = neededOn(engine, job, bucket.requirement.computeClass, second);
  const word = sideWord(second);
  const cost = worst === 0 ? '' : ` for at most ${cuWords(worst)}`;
  const sentence = `${because.charAt(0).toUpperCase()}${because.slice(1)}. ${word.charAt(0).toUpperCase()}${word.slice(1)} could take it now${cost}. Waits for your word.`;
  engine.hot.fallbackDue.delete(job.seq);
  engine.emit(
    PLANE_ACTOR,
    [
      {
        type: 'policy.decided',
        body: {
          decision_id: engine.ids.make('decision'),
          job_id: job.jobId,
          outcome: 'held',
          source_id: null,
          sentence,
          policy_version: policy.version,
          compute_class: null,
          candidates: [],
          budget: null,
          crossing: null,
          supersedes: bucket.answer?.decisionId ?? null,
        },
      },
      {
        type: 'job.state',
        body: { job_id: job.jobId, state: 'held', hold: 'fallback_ask', reason: crossing, sentence },
      },
      {
        type: 'approval.requested',
        body: { approval_id: engine.ids.make('approval'), kind: 'fallback', job_id: job.jobId, sentence },
      },
    ],
    {},
    job,
  );
}

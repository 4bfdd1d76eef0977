import type { Side } from '../contract/terms.ts';
import { cuWords } from '../domain/budgets/words.ts';
import { firstSideStanding } from '../domain/routing/fallback.ts';
import { type Crossing, sidesOf, sideWord } from '../domain/routing/policy.ts';
import { candidateGroups } from '../domain/routing/record.ts';
import { crossingBecause } from '../domain/routing/sentence.ts';
import { FALLBACK } from '../state/appliers/job.ts';
import { type JobRow, jobBySeq, queuedInBucket } from '../state/queries/jobs.ts';
import { judgeOn, neededOn } from './budgets/judge-job.ts';
import { type Answer, decided } from './decided.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';
import type { HotBucket } from './hot/queue.ts';
import { freeSlots } from './hot/source.ts';
import { dispatch } from './placing.ts';

/** The first side was busy for `fallback.after_ms`: opens the second, or asks an operator, as the policy says. */
export function onFallbackDue(engine: Engine, jobSeq: number): void {
  const job = jobBySeq(engine.state.db, jobSeq);
  if (job?.state !== 'queued' || job.fallback !== FALLBACK.closed) return;
  const policy = engine.hot.queue.bucket(job.bucket).rule;
  if (sidesOf(policy.mode).second === null) return;
  if (engine.planeMs - job.readyPlaneMs < policy.fallback.afterMs) return;
  if (policy.fallback.mode === 'ask') fallIntoDue(engine, job);
  if (policy.fallback.mode !== 'auto') return;
  engine.emit(
    PLANE_ACTOR,
    [{ type: 'job.fallback_opened', body: { job_id: job.jobId, because: 'busy_longer_than' } }],
    {},
    job,
  );
  const opened = engine.jobAt(jobSeq);
  engine.hot.queue.openFallback(opened);
  dispatch(engine, opened);
}

/**
 * Under `ask`, holds jobs that the second side could take now and puts the question to an operator: those that waited
 * long enough, and those whose preferred side has nobody there. Never more questions than the second side has free slots.
 */
export function askFallbacks(engine: Engine): void {
  const { hot } = engine;
  for (const bucket of hot.queue.buckets.values()) {
    const { first, second } = sidesOf(bucket.rule.mode);
    if (bucket.queued === 0 || second === null || bucket.rule.fallback.mode !== 'ask') continue;
    const groups = hot.fleet.groupsFor(bucket.requirement, bucket.verdicts);
    const room = groups
      .filter((g) => g.profile.side === second && g.fits && g.availability === 'ready')
      .reduce((n, g) => n + g.sourceIds.reduce((slots, id) => slots + freeSlots(hot.fleet.source(id)), 0), 0);
    if (room === 0) continue;
    let left = room - heldFor(engine, second);
    if (left <= 0) continue;
    const standing = firstSideStanding(groups, first);
    for (const job of candidates(engine, bucket, standing !== 'there')) {
      // Nobody is asked for what a budget would refuse at once.
      if (judgeOn(engine, job, bucket.requirement.computeClass, second).outcome !== 'room') continue;
      if (left-- <= 0) break;
      ask(engine, job, bucket, standing === 'there' ? 'busy_longer_than' : standing);
    }
  }
}

/** Questions that are open now about this side, each standing for one of its slots. */
function heldFor(engine: Engine, second: Side): number {
  const { questions, queue } = engine.hot;
  let open = 0;
  for (const bucket of questions.values()) if (sidesOf(queue.bucket(bucket).rule.mode).second === second) open++;
  return open;
}

function fallIntoDue({ hot }: Engine, job: JobRow): void {
  const due = hot.fallbackDue.get(job.bucket);
  if (due === undefined) hot.fallbackDue.set(job.bucket, new Set([job.seq]));
  else due.add(job.seq);
}

/** One after the other, as whoever asks stops at the last free slot: a long queue is not read for the sake of its head. */
function* candidates(engine: Engine, bucket: HotBucket, isNobodyThere: boolean): Generator<JobRow> {
  const isAskable = (job: JobRow | undefined): job is JobRow =>
    job?.state === 'queued' && job.fallback === FALLBACK.closed && job.readyPlaneMs <= engine.planeMs;
  if (isNobodyThere) {
    yield* queuedInBucket(engine.state.db, bucket.id, 200).filter(isAskable);
    return;
  }
  const due = engine.hot.fallbackDue.get(bucket.id) ?? [];
  for (const seq of due) {
    const job = jobBySeq(engine.state.db, seq);
    if (isAskable(job) && job.bucket === bucket.id) {
      yield job;
      continue;
    }
    engine.hot.fallbackDue.get(bucket.id)?.delete(seq);
    if (isAskable(job)) fallIntoDue(engine, job);
  }
}

function ask(engine: Engine, job: JobRow, bucket: HotBucket, crossing: Crossing): void {
  const answer = questionAnswer(engine, job, bucket, crossing);
  const { sentence } = answer;
  engine.hot.fallbackDue.get(job.bucket)?.delete(job.seq);
  engine.emit(
    PLANE_ACTOR,
    [
      decided(engine, { job_id: job.jobId, supersedes: bucket.answer?.decisionId ?? null }, answer),
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

/** What is said of a job that an operator has to let leave its side. */
export function questionAnswer(engine: Engine, job: JobRow, bucket: HotBucket, crossing: Crossing): Answer {
  const policy = bucket.rule;
  const second = sidesOf(policy.mode).second as Side;
  const because = crossingBecause(crossing, policy, bucket.requirement);
  const worst = neededOn(engine, job, bucket.requirement.computeClass, second);
  const word = sideWord(second);
  const cost = worst === 0 ? '' : ` for at most ${cuWords(worst)}`;
  const sentence = `${because.charAt(0).toUpperCase()}${because.slice(1)}. ${word.charAt(0).toUpperCase()}${word.slice(1)} could take it now${cost}. Waits for your word.`;
  return {
    outcome: 'held',
    source_id: null,
    sentence,
    policy_version: policy.version,
    compute_class: null,
    candidates: candidateGroups({
      policy,
      isPaused: false,
      groups: engine.hot.fleet.groupsFor(bucket.requirement, bucket.verdicts),
      isSecondSideOpen: false,
      chosenId: null,
      askingIds: [],
    }),
    budget: null,
    crossing: null,
  };
}

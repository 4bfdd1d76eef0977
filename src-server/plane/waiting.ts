import { firstSideStanding } from '../domain/routing/fallback.ts';
import { sidesOf } from '../domain/routing/policy.ts';
import { answerKey, candidateGroups } from '../domain/routing/record.ts';
import { waitingSentence } from '../domain/routing/sentence.ts';
import { rateOf } from './budgets/judge-job.ts';
import { type Answer, decided } from './decided.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';
import type { HotBucket } from './hot/queue.ts';

/** Least time between two answers of a bucket, in plane time. */
const ANSWER_EVERY_MS = 1_000;

/**
 * Judges why the jobs of a bucket wait and writes the answer when it changed: the outcome, the failing rules or the policy's
 * own rule, not mere counts, and at most once a second.
 */
export function answerBucket(engine: Engine, bucket: HotBucket): void {
  const { hot } = engine;
  const isPaused = engine.state.head.config.paused;
  const stamp = `${hot.fleet.version}/${hot.policy.version}/${isPaused}`;
  if (bucket.judgedAt === stamp && bucket.answer !== null) return;
  if (bucket.answer !== null && engine.planeMs - bucket.answer.decidedPlaneMs < ANSWER_EVERY_MS) return;
  bucket.judgedAt = stamp;
  const answer = waitingAnswer(engine, bucket);
  const { rule } = bucket;
  // Another rule says another sentence, although the same sources fail the same rules.
  const key = `${answerKey(answer.candidates)} under ${rule.mode} ${rule.fallback.mode} ${rule.fallback.afterMs}`;
  if (bucket.answer !== null && bucket.answer.outcome === 'waiting' && bucket.answer.key === key) return;
  engine.emit(
    PLANE_ACTOR,
    [
      decided(
        engine,
        { job_id: null, bucket: bucket.id, answer_key: key, supersedes: bucket.answer?.decisionId ?? null },
        answer,
      ),
    ],
    { bucket_id: bucket.id, ...(bucket.answer === null ? {} : { after: bucket.answer.decisionSeq }) },
  );
}

/** Why the jobs of a bucket wait now. */
export function waitingAnswer(engine: Engine, bucket: HotBucket): Answer {
  const { hot } = engine;
  const isPaused = engine.state.head.config.paused;
  const groups = hot.fleet.groupsFor(bucket.requirement, bucket.verdicts);
  const { rule } = bucket;
  const { first, second } = sidesOf(rule.mode);
  const isSecondSideOpen =
    second !== null && rule.fallback.mode === 'auto' && firstSideStanding(groups, first) !== 'there';
  const candidates = candidateGroups({
    policy: rule,
    isPaused,
    groups,
    isSecondSideOpen,
    chosenId: null,
    askingIds: [],
  });
  const sentence = waitingSentence({
    requirement: bucket.requirement,
    policy: rule,
    isPaused,
    groups,
    isSecondSideOpen,
    nameOf: (id) => hot.fleet.source(id).name,
  });
  const rate = rateOf(engine, first, bucket.requirement.computeClass);
  return {
    outcome: 'waiting',
    source_id: null,
    sentence,
    policy_version: rule.version,
    compute_class: null,
    candidates,
    budget: {
      needed_mcu: 0,
      rate_mcu_per_minute: rate,
      scope: null,
      limit_mcu: null,
      spent_mcu: null,
      held_mcu: null,
      missing_mcu: null,
      resets_at: null,
    },
    crossing: null,
  };
}

/** Looks at every bucket that has waiting jobs; called once a second. */
export function answerBuckets(engine: Engine): void {
  for (const bucket of engine.hot.queue.buckets.values()) if (bucket.queued > 0) answerBucket(engine, bucket);
}

import type { DecisionBody, EventBodies, PlaneEvent } from '../../contract/events.ts';
import { expiredSentence, heldSentence, rejectedSentence } from '../../domain/approvals/sentence.ts';
import { judgeBudget } from '../../domain/budgets/judge.ts';
import { firstSideStanding } from '../../domain/routing/fallback.ts';
import { sidesOf } from '../../domain/routing/policy.ts';
import { type Ask, compareAsks } from '../../domain/routing/rank-asks.ts';
import { approvalById } from '../../state/queries/approvals.ts';
import { isBucketAdmitted, unadmittedAnswer } from '../admission-gate.ts';
import { lifetimeOf } from '../approval-gate.ts';
import { shortAnswer } from '../budgets/admit.ts';
import { judgeOn, standingOf } from '../budgets/judge-job.ts';
import { refusedAnswer } from '../budgets/refuse.ts';
import { type Answer, plainAnswer } from '../decided.ts';
import { queueLimitOf, tooLongSentence } from '../due.ts';
import type { Engine, TypedEntry } from '../engine.ts';
import { questionAnswer } from '../fallback-asks.ts';
import { askOf, assignedAnswer, crossingFor } from '../grants.ts';
import type { HotBucket } from '../hot/queue.ts';
import { freeSlots, type HotSource } from '../hot/source.ts';
import { waitingAnswer } from '../waiting.ts';

/**
 * What today's functions answer to what was known then.
 * @param past the workspace as it was just before the entry.
 * @param entry holds the record; what the state cannot tell of the moment (who asked, what a person said) is taken from it.
 */
export function recomputeDecision(past: Engine, entry: TypedEntry, recorded: DecisionBody): Answer {
  // What happened leads, not what the record says of it.
  if (bodyOf(entry, 'lease.granted') !== undefined) return placedAgain(past, entry, recorded);
  if (entry.ref.bucket_id === undefined) return heldAgain(past, entry, recorded);
  const bucket = past.hot.queue.bucket(Number(entry.ref.bucket_id));
  return recorded.lot === undefined ? waitingAnswer(past, bucket) : shortAgain(past, bucket, recorded);
}

/** The last of its kind: an edit may let a job go and hold it again in one entry. */
const bodyOf = <T extends PlaneEvent['type']>(entry: TypedEntry, type: T): EventBodies[T] | undefined =>
  entry.events.findLast((e) => e.type === type)?.body as EventBodies[T] | undefined;

/** The best of those that asked, where it may take the job; else what the job would be told. */
function placedAgain(past: Engine, entry: TypedEntry, recorded: DecisionBody): Answer {
  const granted = bodyOf(entry, 'lease.granted');
  if (granted === undefined) throw new Error(`entry ${entry.seq} grants nothing`);
  const job = past.jobAt(Number(entry.ref.job_seq));
  const bucket = past.hot.queue.bucket(job.bucket);
  const asked = askedThen(
    past,
    bucket,
    recorded,
    past.hot.fleet.placeOf({ sessionId: granted.session_id, sourceId: granted.source_id }),
  );
  const [best] = asked;
  if (best === undefined) return waitingAnswer(past, bucket);
  const source = best.place;
  const groups = past.hot.fleet.groupsFor(bucket.requirement, bucket.verdicts, source.profileId);
  const fits = past.hot.fleet.verdictFor(bucket.requirement, bucket.verdicts, source.profileId).fits;
  const crossing = crossingFor(bucket.rule, source.side, job, () => groups);
  const isFree = source.availability === 'ready' && freeSlots(source) > 0 && !past.state.head.config.paused;
  if (crossing === null || !fits || !isFree) return waitingAnswer(past, bucket);
  const verdict = judgeOn(past, job, bucket.requirement.computeClass, source.side);
  if (verdict.outcome !== 'room') {
    const standing = standingOf(past, job, bucket);
    return standing.isRefused ? refusedAnswer(past, job, standing) : shortAnswer(past, bucket, source.side, verdict);
  }
  const asking = asked.map(({ ask }) => ask);
  return assignedAnswer(
    past,
    { source, bucket, ask: best.ask, asking, job, verdict },
    groups,
    crossing === 'first' ? null : crossing,
  );
}

/** Who asked, ranked again: the chosen one, and those that the record calls outranked. */
function askedThen(
  past: Engine,
  bucket: HotBucket,
  recorded: DecisionBody,
  chosen: HotSource,
): { place: HotSource; ask: Ask }[] {
  const { fleet } = past.hot;
  const outranked = recorded.candidates.filter((c) => c.verdict === 'outranked');
  const places =
    recorded.asked === undefined
      ? [chosen, ...outranked.flatMap((c) => c.source_ids).flatMap((id) => fleet.sources.get(id) ?? [])]
      : recorded.asked.flatMap((sessionId) => placeOfSession(past, sessionId) ?? []);
  const asked = places
    .map((place) => ({ place, ask: askOf(bucket.rule, place) }))
    .sort((a, b) => compareAsks(a.ask, b.ask));
  return [...asked, ...unnamed(past, bucket, recorded, new Set(places.map((p) => p.sourceId)))];
}

function placeOfSession({ hot }: Engine, sessionId: string): HotSource | undefined {
  const seat = hot.fleet.seats.get(sessionId);
  const sourceId = hot.fleet.sessions.get(sessionId)?.sourceId;
  return seat ?? (sourceId === undefined ? undefined : hot.fleet.sources.get(sourceId));
}

/**
 * A record names at most so many of those that asked and counts the rest. Which of the others they were changes nothing that
 * is said, so the first that are not named as idle stand for them, ranked last.
 */
function unnamed(
  past: Engine,
  bucket: HotBucket,
  recorded: DecisionBody,
  known: ReadonlySet<string>,
): { place: HotSource; ask: Ask }[] {
  const idle = new Set(recorded.candidates.filter((c) => c.verdict === 'eligible').flatMap((c) => c.source_ids));
  const found: { place: HotSource; ask: Ask }[] = [];
  for (const { count, source_ids: ids } of recorded.candidates.filter((c) => c.verdict === 'outranked')) {
    let left = count - ids.length;
    if (left <= 0) continue;
    const group = past.hot.fleet
      .groupsFor(bucket.requirement, bucket.verdicts)
      .find((g) => ids[0] !== undefined && g.sourceIds.includes(ids[0]));
    for (const id of group?.sourceIds ?? []) {
      if (left === 0) break;
      if (known.has(id) || idle.has(id)) continue;
      const place = past.hot.fleet.source(id);
      found.push({ place, ask: askOf(bucket.rule, place) });
      left--;
    }
  }
  return found;
}

/** Jobs that wait for a limit: what they need stands in the record, since such a record names no job. */
function shortAgain(past: Engine, bucket: HotBucket, { budget }: DecisionBody): Answer {
  const { scope, side, needed_mcu: neededMcu } = budget ?? {};
  if (side === undefined || side === null || neededMcu === undefined) return waitingAnswer(past, bucket);
  const wuId = scope?.startsWith('wu:') === true ? scope.slice('wu:'.length) : null;
  const { computeClass } = bucket.requirement;
  // A limit on a work unit that was not the one that decided cannot be known here, and could not decide.
  const uses = past.hot.budgets
    .limitUses({ wuId: wuId ?? '', side, computeClass, neededMcu })
    .filter((use) => wuId !== null || !use.scope.startsWith('wu:'));
  const verdict = judgeBudget(uses, neededMcu);
  return verdict.outcome === 'room' ? waitingAnswer(past, bucket) : shortAnswer(past, bucket, side, verdict);
}

/** Held or refused: by a budget, a network, the time that was allowed, or a person. */
function heldAgain(past: Engine, entry: TypedEntry, recorded: DecisionBody): Answer {
  const approval = (bodyOf(entry, 'job.submitted') ?? bodyOf(entry, 'job.edited'))?.spec.approval;
  const moved = bodyOf(entry, 'job.state');
  if (moved?.hold === 'approval') {
    const asks = approval ?? past.submitted(Number(entry.ref.job_seq)).spec.approval;
    return asks === null ? waitingWithout(past, entry) : plainAnswer(past, 'held', heldSentence(asks));
  }
  const job = past.jobAt(Number(entry.ref.job_seq));
  const bucket = past.hot.queue.bucket(job.bucket);
  if (bodyOf(entry, 'budget.refused') !== undefined) {
    const standing = standingOf(past, job, bucket);
    return standing.isRefused ? refusedAnswer(past, job, standing) : waitingAnswer(past, bucket);
  }
  if (moved?.hold === 'admission')
    return isBucketAdmitted(past, bucket) ? waitingAnswer(past, bucket) : unadmittedAnswer(past, bucket);
  if (moved?.hold === 'fallback_ask') {
    const groups = past.hot.fleet.groupsFor(bucket.requirement, bucket.verdicts);
    const standing = firstSideStanding(groups, sidesOf(bucket.rule.mode).first);
    return questionAnswer(past, job, bucket, standing === 'there' ? 'busy_longer_than' : standing);
  }
  if (moved?.reason === 'queue.too_long') {
    const limitMs = queueLimitOf(past, job);
    const waitedMs = planeMsAt(past, entry) - job.queuedPlaneMs;
    return limitMs === null || waitedMs < limitMs
      ? waitingAnswer(past, bucket)
      : plainAnswer(past, 'refused', tooLongSentence(waitedMs, limitMs));
  }
  return plainAnswer(
    past,
    moved?.state === 'held' ? 'held' : 'refused',
    answeredSentence(past, entry) ?? recorded.sentence,
  );
}

const waitingWithout = (past: Engine, entry: TypedEntry): Answer =>
  waitingAnswer(past, past.hot.queue.bucket(past.jobAt(Number(entry.ref.job_seq)).bucket));

/** Running time of the plane at an entry: the past stands at the entry before it. */
function planeMsAt({ state: { head } }: Engine, { boot, mono }: TypedEntry): number {
  return boot === head.boot ? head.planeMs + Math.max(0, mono - head.mono) : head.planeMs;
}

/** What is said when a person said no, or nobody anything; null where the words are the person's alone. */
function answeredSentence(past: Engine, entry: TypedEntry): string | null {
  const rejected = bodyOf(entry, 'approval.rejected');
  if (rejected !== undefined) return rejectedSentence(entry.actor.id, rejected.reason);
  const expired = bodyOf(entry, 'approval.expired');
  const row = expired?.cause === 'time' ? approvalById(past.state.db, expired.approval_id) : undefined;
  return row === undefined ? null : expiredSentence(lifetimeOf(past, row.seq));
}

import { FairQueue } from '../domain/claims/fair-queue.ts';
import { rankOf, seqOfRank } from '../domain/claims/rank.ts';
import { firstSideStanding } from '../domain/routing/fallback.ts';
import type { Crossing } from '../domain/routing/policy.ts';
import { sidesOf } from '../domain/routing/policy.ts';
import type { Ask } from '../domain/routing/rank-asks.ts';
import { APPROVAL } from '../state/appliers/approval.ts';
import { type JobRow, jobBySeq } from '../state/queries/jobs.ts';
import { admit } from './budgets/admit.ts';
import { callBack, callToOwnSide } from './budgets/call-back.ts';
import { budgetedSpec, neededOn } from './budgets/judge-job.ts';
import type { Engine } from './engine.ts';
import { askOf, crossingFor, type GrantedLease, grant, type Placement } from './grants.ts';
import type { OpenAsk } from './hot/asks.ts';
import type { HotBucket } from './hot/queue.ts';
import { freeSlots, type HotSource } from './hot/source.ts';

/** May this job be handed out at this moment? Heads go stale when a job is canceled, held or taken. */
const isReady = (engine: Engine, job: JobRow | undefined): job is JobRow =>
  job !== undefined &&
  job.state === 'queued' &&
  job.approval !== APPROVAL.needed &&
  !engine.hot.leaseOfJob.has(job.seq) &&
  job.readyPlaneMs <= engine.planeMs;

/** Jobs without room that one claim takes off the heads at most, so that no claim pays for a whole queue. */
const PARKED_PER_CLAIM = 512;

/** Jobs that wait for a limit come back to the heads when there is room for them. */
function makeRoom(engine: Engine, source: HotSource): void {
  const { lots } = engine.hot.budgets;
  if (lots.size === 0) return;
  callToOwnSide(engine, source);
  if (lots.isDue) callBack(engine);
}

interface Head {
  bucket: HotBucket;
  side: HotSource['side'];
  rank: number;
}

/** The best head that a source may take: the smallest rank over the buckets it fits and the sides open to it. */
function bestHead(engine: Engine, source: HotSource, classes: readonly string[] | null): Head | null {
  const { queue, fleet } = engine.hot;
  let best: Head | null = null;
  for (const bucket of queue.bucketsFor(source.profileId)) {
    if (classes !== null && !classes.includes(bucket.requirement.computeClass)) continue;
    const { first, second } = sidesOf(bucket.rule.mode);
    if (source.side !== first && source.side !== second) continue;
    const own = bucket.heaps[source.side].top;
    if (own < (best?.rank ?? Number.POSITIVE_INFINITY)) best = { bucket, side: source.side, rank: own };
    if (source.side === first || bucket.rule.fallback.mode !== 'auto') continue;
    // The preferred side has nobody there for this bucket: its queue is open to the second side at once.
    const other = bucket.heaps[first].top;
    if (
      other < (best?.rank ?? Number.POSITIVE_INFINITY) &&
      firstSideStanding(fleet.groupsFor(bucket.requirement, bucket.verdicts), first) !== 'there'
    ) {
      best = { bucket, side: first, rank: other };
    }
  }
  return best;
}

/** Takes the head out of its heap; under fair share the work unit whose turn it is may have another job of that priority. */
function takeHead(engine: Engine, source: HotSource, { bucket, side, rank }: Head): number {
  return bucket.heaps[side].pop((next) => costOf(engine, source, bucket, next)) ?? rank;
}

/** What a job would hold on the side of this source, milli-CU. */
function costOf(engine: Engine, source: HotSource, bucket: HotBucket, rank: number): number {
  const { spec } = engine.submitted(seqOfRank(rank));
  return neededOn(engine, budgetedSpec(spec), bucket.requirement.computeClass, source.side);
}

function refund({ bucket, side }: Head): void {
  const heap = bucket.heaps[side];
  if (heap instanceof FairQueue) heap.refund();
}

/**
 * Work for a source that asks now, best first, at most `max`.
 * @param contest the asks that compete for one job, best first; any other job is for this source alone.
 */
export function claimFor(
  engine: Engine,
  ask: Pick<OpenAsk, 'sourceId' | 'sessionId' | 'max' | 'classes' | 'idempotency'>,
  contest: Contest | null = null,
): GrantedLease[] {
  const source = engine.hot.fleet.placeOf(ask);
  const grants: GrantedLease[] = [];
  makeRoom(engine, source);
  let parkedLeft = PARKED_PER_CLAIM;
  /** Jobs on the first side that an operator keeps there: put back once this claim is served. */
  const putBack: (Head & { wuId: string })[] = [];
  while (
    grants.length < ask.max &&
    freeSlots(source) > 0 &&
    !engine.state.head.config.paused &&
    source.availability === 'ready'
  ) {
    const head = bestHead(engine, source, ask.classes);
    if (head === null) break;
    head.rank = takeHead(engine, source, head);
    const job = jobBySeq(engine.state.db, seqOfRank(head.rank));
    // An edit may have moved it to another bucket or place: that head stands there by itself.
    if (!isReady(engine, job) || job.bucket !== head.bucket.id || rankOf(job.priority, job.seq) !== head.rank) {
      refund(head);
      continue;
    }
    const crossing = crossingFor(head.bucket.rule, source.side, job, () =>
      engine.hot.fleet.groupsFor(head.bucket.requirement, head.bucket.verdicts),
    );
    if (crossing === null) {
      refund(head);
      putBack.push({ ...head, wuId: job.wuId });
      continue;
    }
    const verdict = admit(engine, job, head.bucket, head.side, source.side);
    if (verdict === null) {
      refund(head);
      if (parkedLeft-- > 0) continue;
      break;
    }
    const own = askOf(head.bucket.rule, source);
    const asked = contest?.jobSeq === job.seq ? contest.asked : { asking: [own] };
    grants.push(
      grant(
        engine,
        {
          source,
          sessionId: ask.sessionId,
          job,
          bucket: head.bucket,
          ask: own,
          asking: asked.asking,
          askedBy: asked.askedBy,
          idempotency: ask.idempotency,
          verdict,
        },
        crossing === 'first' ? null : crossing,
      ),
    );
  }
  for (const head of putBack) head.bucket.heaps[head.side].push(head.rank, head.wuId);
  return grants;
}

/** Sources with an open poll that could take a job of this bucket now, best first. */
function rankedAsks(
  engine: Engine,
  job: JobRow,
  bucket: HotBucket,
): { ask: OpenAsk; rank: Ask; crossing: Crossing | 'first' }[] {
  const { asks, fleet } = engine.hot;
  if (asks.size === 0) return [];
  const groups = fleet.groupsFor(bucket.requirement, bucket.verdicts);
  const bySide = {
    byoc: crossingFor(bucket.rule, 'byoc', job, () => groups),
    managed: crossingFor(bucket.rule, 'managed', job, () => groups),
  };
  const fitting = fleet.profiles.filter(
    (p) => bySide[p.profile.side] !== null && fleet.verdictFor(bucket.requirement, bucket.verdicts, p.id).fits,
  );
  const ranked = asks.ranked(
    fitting.map((p) => p.id),
    (ask) => {
      const source = fleet.placeOf(ask);
      if (source.availability !== 'ready' || freeSlots(source) === 0) return null;
      return ask.classes !== null && !ask.classes.includes(bucket.requirement.computeClass)
        ? null
        : askOf(bucket.rule, source);
    },
  );
  return ranked.map(({ ask, rank }) => ({
    ask,
    rank,
    crossing: bySide[fleet.source(ask.sourceId).side] as Crossing | 'first',
  }));
}

interface Contest {
  jobSeq: number;
  asked: Pick<Placement, 'asking' | 'askedBy'>;
}

/** Who competes for a job, best first. Runners of one pool stand in a record as their pool, by the best of them. */
function contestOf(engine: Engine, jobSeq: number, ranked: readonly { ask: OpenAsk; rank: Ask }[]): Contest {
  const seen = new Set<string>();
  const asks = ranked.filter(({ rank }) => !seen.has(rank.sourceId) && seen.add(rank.sourceId));
  const isPoolAmong = asks.length > 1 && asks.some(({ ask }) => engine.hot.fleet.seats.has(ask.sessionId));
  return {
    jobSeq,
    asked: {
      asking: asks.map((a) => a.rank),
      ...(isPoolAmong ? { askedBy: asks.map((a) => a.ask.sessionId) } : {}),
    },
  };
}

/**
 * A job has just become ready: hands it to the best open poll. Should something that comes first wait for the same source
 * (it came back between two reviews), that goes out before.
 * @returns true when it was granted.
 */
export function dispatch(engine: Engine, job: JobRow): boolean {
  const bucket = engine.hot.queue.bucket(job.bucket);
  while (!engine.state.head.config.paused && isReady(engine, job)) {
    const ranked = rankedAsks(engine, job, bucket);
    const best = ranked[0];
    if (best === undefined) return false;
    const grants = claimFor(engine, { ...best.ask, max: 1 }, contestOf(engine, job.seq, ranked));
    if (grants.length === 0) return false;
    engine.hot.asks.take(best.ask.sessionId)?.answer(grants);
    if (grants[0]?.lease.jobSeq === job.seq) return true;
  }
  return false;
}

/** Offers the queue to every open poll again, after a change that may have opened something (policy, resume, source back). */
export function offerToAsks(engine: Engine): void {
  for (const ask of engine.hot.asks.all()) {
    if (engine.hot.asks.get(ask.sessionId) !== ask) continue;
    const grants = claimFor(engine, ask);
    if (grants.length > 0) engine.hot.asks.take(ask.sessionId)?.answer(grants);
  }
}

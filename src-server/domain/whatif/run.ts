import type { Side } from '../../contract/terms.ts';
import { runtimeCostMcu, scopesOf, settle } from '../budgets/cost.ts';
import { FairQueue } from '../claims/fair-queue.ts';
import { seqOfRank } from '../claims/rank.ts';
import { nextStep } from '../leases/outcome.ts';
import { crossingOf } from '../routing/fallback.ts';
import { type Crossing, sidesOf, type WorkspacePolicy } from '../routing/policy.ts';
import { Agenda, type Wait } from './agenda.ts';
import { BudgetBook } from './budget-book.ts';
import type { Draft, History, HistoryEvent, MeasuredAttempt, Pace, Placement } from './history.ts';
import { type Place, Places } from './places.ts';
import { newRunJob, placementOf, type RunJob, takeAttempt } from './run-job.ts';
import { type RunBucket, RunQueue } from './run-queue.ts';

/** Heads of one bucket that one look at the questions takes at most, as the live plane does. */
const ASKED_PER_LOOK = 200;

interface Running {
  run: RunJob;
  place: Place;
  attempt: MeasuredAttempt;
  rate: number;
  heldMcu: number;
  scopes: readonly string[];
}

/**
 * The plane's own decisions over a range of the past, made again under a draft: the same arrivals, the same presence and the
 * same measured runtimes through the same rules, each source with a free slot asking at once. Nothing here knows a clock or
 * draws a lot: the same history gives the same run.
 */
export class DraftRun {
  readonly jobs = new Map<number, RunJob>();
  private readonly places = new Places();
  private readonly queue: RunQueue;
  private readonly book: BudgetBook;
  private readonly agenda: Agenda;
  private readonly running = new Map<number, Running>();
  private readonly fallbackDue = new Set<number>();
  private readonly questions = new Map<number, RunBucket>();
  private readonly parked = new Set<RunJob>();
  /** Places that ask again once the present step is done. */
  private asksAgain: Place[] = [];
  private nowMs: number;
  private isPaused: boolean;
  private grants = 0;

  constructor(
    private readonly history: History,
    private readonly draft: Draft,
    pace: Pace,
    /** Runtime of a job that was never measured, ms. */
    private readonly assumedMs: (run: RunJob) => number,
  ) {
    this.nowMs = history.fromMs;
    this.agenda = new Agenda(pace, history.toMs);
    this.isPaused = history.isPaused;
    this.queue = new RunQueue(draft.policy ?? history.policy);
    this.book = new BudgetBook(draft.budgets ?? history.budgets, history.use);
    for (const [placeId, facts] of history.places) this.setPlace(placeId, facts);
    for (const [placeId, count] of history.occupied) {
      const place = this.places.byId.get(placeId);
      for (let n = 0; place !== undefined && n < count; n++) this.places.occupy(place, 1);
    }
    for (const [placeId, fence] of history.lastGrants) {
      const place = this.places.byId.get(placeId);
      if (place !== undefined) place.lastGrant = fence;
      this.grants = Math.max(this.grants, fence);
    }
    for (const place of this.places.byId.values()) if (this.places.free(place) > 0) this.places.ask(place);
  }

  /** What becomes of each job, by its sequence; it may be left alone between any two steps. */
  *steps(): Generator<void, Map<number, Placement>> {
    const { events, toMs } = this.history;
    for (let n = 0; ; ) {
      const event = events[n];
      const limitMs = Math.min(event?.atMs ?? toMs, toMs);
      const own = this.agenda.take(limitMs);
      let hasChanged = true;
      if (own !== undefined) {
        this.nowMs = Math.max(this.nowMs, own.atMs);
        if (own.kind === 'end') this.end(own.seq);
        else hasChanged = this.look();
      } else if (event !== undefined && event.atMs <= toMs) {
        n++;
        this.nowMs = Math.max(this.nowMs, event.atMs);
        this.happen(event);
      } else break;
      this.askAgain();
      // A look that found nothing will find nothing at the next one either, until something happens.
      if (hasChanged) this.agenda.review(this.nowMs);
      yield;
    }
    return new Map([...this.jobs].map(([seq, run]) => [seq, placementOf(run, toMs)]));
  }

  private happen(event: HistoryEvent): void {
    switch (event.kind) {
      case 'arrival':
        this.arrive(event);
        return;
      case 'place':
        this.setPlace(event.placeId, event.facts);
        if (event.isOffered) this.offerAll();
        return;
      case 'paused':
        this.isPaused = event.isPaused;
        if (!event.isPaused) this.offerAll();
        return;
      case 'policy':
        if (this.draft.policy === undefined) this.publish(event.policy);
        return;
      case 'budgets':
        if (this.draft.budgets === undefined) this.book.budgets = event.budgets;
        this.callBack();
        return;
      case 'window':
        this.book.open(event.window);
        this.callBack();
        return;
      case 'cancel':
        this.cancel(event.seq);
        return;
      case 'freed':
        this.freeBefore(event);
    }
  }

  private arrive({ job, queuedMs, readyMs }: Extract<HistoryEvent, { kind: 'arrival' }>): void {
    const run = newRunJob(job, queuedMs, readyMs);
    this.jobs.set(job.seq, run);
    this.queue.bucketOf(run).queued.set(job.seq, run);
    if (readyMs > this.nowMs) this.arm(readyMs, 'ready', run);
    else this.becomeReady(run);
  }

  private becomeReady(run: RunJob): void {
    if (run.state !== 'queued') return;
    if (this.enqueue(run) && this.dispatch(run)) return;
    if (run.state === 'queued') this.armWaiting(run);
  }

  /** @returns true when it stands in the queue; false when a budget refused, held or parked it. */
  private enqueue(run: RunJob): boolean {
    if (this.book.isLimited) {
      const { side, isRefused, hasRoom } = this.budgetStanding(run);
      if (isRefused) this.refuse(run, 'budget.insufficient');
      else if (!hasRoom) this.park(run, side);
      if (isRefused || !hasRoom) return false;
    }
    this.queue.ready(run);
    return true;
  }

  private budgetStanding(run: RunJob): { side: Side; isRefused: boolean; hasRoom: boolean } {
    const bucket = this.queue.bucketOf(run);
    const { first, second } = sidesOf(bucket.rule.mode);
    const isOpened = run.fallback === 'open' || run.fallback === 'approved';
    const mayOpen = second !== null && run.fallback !== 'denied' && (isOpened || bucket.rule.fallback.mode === 'auto');
    const standing = mayOpen ? this.standing(bucket, first) : 'there';
    const side = standing === 'there' || second === null ? first : second;
    const verdict = this.book.judge(run.job, side);
    const isRefused = verdict.outcome === 'refused' && (side === first || standing !== 'none_online');
    return { side, isRefused, hasRoom: verdict.outcome === 'room' };
  }

  private park(run: RunJob, side: Side): void {
    run.parked = side;
    run.code = 'budget.insufficient';
    this.parked.add(run);
  }

  /** A limit has room again, or none for good: everybody who waits for one is judged anew, the best first. */
  private callBack(): void {
    const waiting = [...this.parked].sort((a, b) => b.job.priority - a.job.priority || a.job.seq - b.job.seq);
    for (const run of waiting) {
      this.parked.delete(run);
      run.parked = null;
      if (run.state === 'queued' && this.enqueue(run)) this.dispatch(run);
    }
  }

  private refuse(run: RunJob, code: string): void {
    const isHeld = code === 'budget.insufficient' && run.job.isHeldOnRefusal;
    this.leave(run, isHeld ? 'held' : 'refused');
    run.code = code;
  }

  private leave(run: RunJob, state: RunJob['state']): void {
    this.queue.bucketOf(run).queued.delete(run.job.seq);
    this.parked.delete(run);
    this.questions.delete(run.job.seq);
    run.state = state;
  }

  private standing(bucket: RunBucket, first: Side): ReturnType<Places['standing']> {
    return this.places.standing(bucket.requirement, bucket.signature, first);
  }

  private crossing(bucket: RunBucket, side: Side, run: RunJob): Crossing | 'first' | null {
    const { first } = sidesOf(bucket.rule.mode);
    return crossingOf(bucket.rule, side, run.fallback, () => this.standing(bucket, first));
  }

  /** Hands a job that has just become ready to the best open poll. @returns true when it was granted. */
  private dispatch(run: RunJob): boolean {
    const bucket = this.queue.bucketOf(run);
    while (!this.isPaused && run.state === 'queued') {
      const sides = new Set<Side>();
      for (const side of ['byoc', 'managed'] as const) if (this.crossing(bucket, side, run) !== null) sides.add(side);
      const place = this.places.best(bucket.rule, bucket.requirement, bucket.signature, sides);
      if (place === null) return false;
      const granted = this.claim(place);
      if (granted === null) return false;
      place.isAsking = false;
      this.asksAgain.push(place);
      if (granted === run) return true;
    }
    return false;
  }

  /** Offers the queue to every open poll, one job each. */
  private offerAll(): void {
    for (const place of this.places.asking()) {
      if (!place.isAsking || this.claim(place) === null) continue;
      place.isAsking = false;
      this.asksAgain.push(place);
    }
  }

  /** Who got a job, or a slot back, asks again as long as a slot is free. */
  private askAgain(): void {
    for (let place = this.asksAgain.shift(); place !== undefined; place = this.asksAgain.shift()) {
      if (place.isAsking || this.places.free(place) === 0 || !this.places.byId.has(place.placeId)) continue;
      if (this.claim(place) !== null) this.asksAgain.push(place);
      else this.places.ask(place);
    }
  }

  private bestHead(place: Place): { bucket: RunBucket; side: Side; rank: number } | null {
    let best: { bucket: RunBucket; side: Side; rank: number } | null = null;
    const { side } = place.facts.profile;
    for (const bucket of this.queue.buckets.values()) {
      if (bucket.queued.size === 0 || !this.places.fits(bucket.requirement, bucket.signature, place.profileId))
        continue;
      const { first, second } = sidesOf(bucket.rule.mode);
      if (side !== first && side !== second) continue;
      const own = bucket.heaps[side].top;
      if (own < (best?.rank ?? Number.POSITIVE_INFINITY)) best = { bucket, side, rank: own };
      if (side === first || bucket.rule.fallback.mode !== 'auto') continue;
      const other = bucket.heaps[first].top;
      if (other < (best?.rank ?? Number.POSITIVE_INFINITY) && this.standing(bucket, first) !== 'there')
        best = { bucket, side: first, rank: other };
    }
    return best;
  }

  /** One job for a place that asks; null when there is none for it. */
  private claim(place: Place): RunJob | null {
    const { side } = place.facts.profile;
    const putBack: { bucket: RunBucket; side: Side; rank: number; wuId: string }[] = [];
    let granted: RunJob | null = null;
    while (granted === null && !this.isPaused && place.availability === 'ready' && this.places.free(place) > 0) {
      const head = this.bestHead(place);
      if (head === null) break;
      const heap = head.bucket.heaps[head.side];
      const costOf = (rank: number): number => this.book.needed((this.jobs.get(seqOfRank(rank)) as RunJob).job, side);
      const rank = heap.pop(costOf) ?? head.rank;
      const run = this.jobs.get(seqOfRank(rank));
      const refund = (): void => (heap instanceof FairQueue ? heap.refund() : undefined);
      if (run === undefined || run.state !== 'queued' || run.parked !== null || run.readyMs > this.nowMs) {
        refund();
        continue;
      }
      const crossing = this.crossing(head.bucket, side, run);
      if (crossing === null) {
        refund();
        putBack.push({ bucket: head.bucket, side: head.side, rank, wuId: run.job.wuId });
      } else if (this.book.judge(run.job, side).outcome !== 'room') {
        refund();
        if (this.budgetStanding(run).isRefused) this.refuse(run, 'budget.insufficient');
        else this.park(run, side);
      } else {
        this.grant(run, place, crossing === 'first' ? null : crossing);
        granted = run;
      }
    }
    for (const head of putBack) head.bucket.heaps[head.side].push(head.rank, head.wuId);
    return granted;
  }

  private grant(run: RunJob, place: Place, crossing: Crossing | null): void {
    const { facts } = place;
    const { side } = facts.profile;
    this.leave(run, 'running');
    run.code = null;
    run.first ??= { sourceId: facts.sourceId, side, crossing, atMs: this.nowMs };
    place.lastGrant = ++this.grants;
    this.places.occupy(place, 1);
    const attempt = takeAttempt(run, facts.sourceId, this.assumedMs(run));
    const heldMcu = this.book.needed(run.job, side);
    const scopes = scopesOf(run.job.wuId, side, run.job.requirement.computeClass);
    this.book.hold(scopes, heldMcu);
    this.running.set(run.job.seq, { run, place, attempt, rate: this.book.rate(run.job, side), heldMcu, scopes });
    this.agenda.end(this.nowMs + attempt.heldMs, run.job.seq);
  }

  private end(seq: number, isCanceled = false): void {
    const ended = this.running.get(seq);
    if (ended === undefined) return;
    const { run, place, attempt } = ended;
    this.running.delete(seq);
    this.places.occupy(place, -1);
    const wasStarted = attempt.outcome !== 'lapsed';
    if (wasStarted) run.started++;
    const cost = runtimeCostMcu(ended.rate, attempt.runtimeMs) + attempt.extrasMcu;
    const { debitedMcu } = settle(ended.heldMcu, cost);
    run.costMcu += debitedMcu;
    this.book.settle(ended.scopes, ended.heldMcu, debitedMcu);
    const next = nextStep({
      outcome: isCanceled ? 'canceled' : attempt.outcome,
      exitCode: attempt.exitCode,
      attemptsStarted: run.started,
      maxAttempts: run.job.maxAttempts,
      finalExitCodes: run.job.finalExitCodes,
      isCancelRequested: isCanceled || attempt.outcome === 'canceled',
    });
    if (next.state === 'queued') this.queueAgain(run, next.hasBackoff ? attempt.delayMs : 0);
    else run.state = 'over';
    if (this.parked.size > 0) this.callBack();
    if (!place.isAsking) this.asksAgain.push(place);
  }

  private queueAgain(run: RunJob, delayMs: number): void {
    run.state = 'queued';
    run.fallback = run.fallback === 'denied' ? 'denied' : 'closed';
    run.queuedMs = this.nowMs;
    run.readyMs = this.nowMs + delayMs;
    this.queue.bucketOf(run).queued.set(run.job.seq, run);
    if (delayMs > 0) this.arm(run.readyMs, 'ready', run);
    else this.becomeReady(run);
  }

  private cancel(seq: number): void {
    const run = this.jobs.get(seq);
    if (run === undefined) return;
    if (run.state === 'running') this.end(seq, true);
    else if (run.state === 'queued' || run.state === 'held') this.leave(run, 'canceled');
  }

  /** An attempt from before the range ended. */
  private freeBefore({ placeId, holds }: Extract<HistoryEvent, { kind: 'freed' }>): void {
    const place = this.places.byId.get(placeId);
    for (const { scope, heldMcu, debitedMcu } of holds) this.book.settle([scope], heldMcu, debitedMcu);
    if (this.parked.size > 0) this.callBack();
    if (place === undefined) return;
    this.places.occupy(place, -1);
    if (!place.isAsking) this.asksAgain.push(place);
  }

  private setPlace(placeId: string, facts: Parameters<Places['set']>[1]): void {
    const labels = facts === null ? undefined : this.draft.labels?.get(facts.sourceId);
    const place = this.places.set(
      placeId,
      facts === null || labels === undefined ? facts : { ...facts, profile: { ...facts.profile, labels } },
    );
    if (place !== null && !place.isAsking) this.asksAgain.push(place);
  }

  /** Another version was in force from here on: the queue is arranged anew, and what opened has to be earned again. */
  private publish(policy: WorkspacePolicy): void {
    const before = new Map([...this.queue.buckets.values()].map((b) => [b, sidesOf(b.rule.mode).first]));
    this.queue.apply(policy);
    this.fallbackDue.clear();
    const waiting = [...this.jobs.values()].filter((run) => run.state === 'queued' || run.state === 'held');
    for (const run of waiting) {
      const bucket = this.queue.bucketOf(run);
      const isOtherSide = before.get(bucket) !== sidesOf(bucket.rule.mode).first;
      if (run.fallback === 'open' || isOtherSide) run.fallback = 'closed';
      if (this.questions.has(run.job.seq) && !this.isStillAsked(bucket, isOtherSide)) this.release(run);
      else if (run.state === 'queued' && run.readyMs <= this.nowMs && run.parked === null) this.queue.ready(run);
      this.armWaiting(run);
    }
    this.offerAll();
  }

  private isStillAsked({ rule }: RunBucket, isOtherSide: boolean): boolean {
    return rule.fallback.mode === 'ask' && sidesOf(rule.mode).second !== null && !isOtherSide;
  }

  /** From a hold back into the queue. */
  private release(run: RunJob): void {
    this.questions.delete(run.job.seq);
    run.state = 'queued';
    run.code = null;
    this.queue.bucketOf(run).queued.set(run.job.seq, run);
    this.queue.ready(run);
  }

  private armWaiting(run: RunJob): void {
    const { rule } = this.queue.bucketOf(run);
    if (sidesOf(rule.mode).second !== null && rule.fallback.mode !== 'never' && run.fallback === 'closed')
      this.arm(run.readyMs + rule.fallback.afterMs, 'fallback', run);
    const limits = [run.job.maxQueueMs, rule.refuseAfterMs].filter((ms): ms is number => ms !== null);
    if (limits.length > 0) this.arm(run.queuedMs + Math.min(...limits), 'queue_limit', run);
  }

  private arm(atMs: number, kind: Wait, run: RunJob): void {
    this.agenda.arm(Math.max(this.nowMs, atMs), kind, run.job.seq);
  }

  /** A tick of the plane; at a whole review it offers the queue again and puts its questions. @returns whether it did anything. */
  private look(): boolean {
    const { nowMs } = this;
    const before = this.grants + this.questions.size;
    let hasDone = false;
    for (let timer = this.agenda.takeWait(nowMs); timer !== undefined; timer = this.agenda.takeWait(nowMs)) {
      const run = this.jobs.get(timer.seq) as RunJob;
      hasDone = true;
      if (timer.kind === 'ready') this.becomeReady(run);
      else if (timer.kind === 'fallback') this.fallbackIsDue(run);
      else if (timer.kind === 'answer') this.answer(run);
      else this.queueLimit(run);
    }
    if (!this.agenda.isReview(nowMs)) return true;
    this.offerAll();
    for (const bucket of this.queue.buckets.values()) this.askQuestions(bucket);
    return hasDone || this.grants + this.questions.size !== before;
  }

  private fallbackIsDue(run: RunJob): void {
    if (run.state !== 'queued' || run.fallback !== 'closed') return;
    const { rule } = this.queue.bucketOf(run);
    if (sidesOf(rule.mode).second === null || this.nowMs - run.readyMs < rule.fallback.afterMs) return;
    if (rule.fallback.mode === 'ask') this.fallbackDue.add(run.job.seq);
    if (rule.fallback.mode !== 'auto') return;
    run.fallback = 'open';
    this.queue.openFallback(run);
    this.dispatch(run);
  }

  private queueLimit(run: RunJob): void {
    if (run.state !== 'queued' && run.state !== 'held') return;
    const { rule } = this.queue.bucketOf(run);
    const limits = [run.job.maxQueueMs, rule.refuseAfterMs].filter((ms): ms is number => ms !== null);
    if (limits.length === 0) return;
    const limitMs = Math.min(...limits);
    if (this.nowMs - run.queuedMs < limitMs) this.arm(run.queuedMs + limitMs, 'queue_limit', run);
    else this.refuse(run, 'queue.too_long');
  }

  private askQuestions(bucket: RunBucket): void {
    const { rule, requirement, signature } = bucket;
    const { first, second } = sidesOf(rule.mode);
    if (bucket.queued.size === 0 || second === null || rule.fallback.mode !== 'ask') return;
    let left = this.places.room(requirement, signature, second);
    if (left === 0) return;
    for (const asked of this.questions.values()) if (sidesOf(asked.rule.mode).second === second) left--;
    for (const run of this.askable(bucket, this.standing(bucket, first) !== 'there')) {
      if (this.book.judge(run.job, second).outcome !== 'room') continue;
      if (left-- <= 0) return;
      this.leave(run, 'held');
      run.code = 'fallback.not_yet';
      this.fallbackDue.delete(run.job.seq);
      this.questions.set(run.job.seq, bucket);
      const { answer } = run.job;
      if (answer !== null) this.arm(this.nowMs + answer.afterMs, 'answer', run);
    }
  }

  private askable(bucket: RunBucket, isNobodyThere: boolean): RunJob[] {
    const isAskable = (run: RunJob): boolean =>
      run.state === 'queued' && run.fallback === 'closed' && run.readyMs <= this.nowMs;
    if (isNobodyThere)
      return [...bucket.queued.values()]
        .sort((a, b) => a.job.seq - b.job.seq)
        .slice(0, ASKED_PER_LOOK)
        .filter(isAskable);
    const due = [...this.fallbackDue].map((seq) => this.jobs.get(seq) as RunJob);
    return due.filter((run) => isAskable(run) && this.queue.bucketOf(run) === bucket);
  }

  /** The question is answered as it was in the past. */
  private answer(run: RunJob): void {
    if (!this.questions.has(run.job.seq) || run.job.answer === null) return;
    run.fallback = run.job.answer.isApproved ? 'approved' : 'denied';
    this.release(run);
    this.offerAll();
  }
}

import type { EventBodies, PlaneEvent } from '../../contract/events.ts';
import type { BudgetWindow } from '../../contract/terms.ts';
import { DEFAULT_RATES } from '../../domain/budgets/cost.ts';
import { rankOf } from '../../domain/claims/rank.ts';
import type { WorkspacePolicy } from '../../domain/routing/policy.ts';
import type { History, HistoryBudgets, HistoryEvent } from '../../domain/whatif/history.ts';
import { policyBefore } from '../../state/queries/governance.ts';
import { queuedBelow } from '../../state/queries/jobs.ts';
import { endedLease } from '../../state/queries/leases.ts';
import { loadFencesBelow } from '../../state/queries/load.ts';
import type { Engine, TypedEntry } from '../engine.ts';
import { placeIdOf } from '../hot/source.ts';
import { type GatheredJob, gatheredJob, noteEnd, noteGrant, noteState } from './gathered-job.ts';
import type { Range } from './range.ts';
import { RawPlaces } from './raw-places.ts';

/** Jobs that waited all along and are taken into a run at most. */
const WAITING_MAX = 5_000;

/** What routing looks at of a published version. */
export const policyOf = (body: EventBodies['policy.published']): WorkspacePolicy => ({
  version: body.version,
  mode: body.mode,
  fallback: { mode: body.fallback.mode, afterMs: body.fallback.after_ms },
  refuseAfterMs: body.refuse_after_ms,
  overrides: body.overrides,
  isFairShare: body.fair_share,
});
const budgetsOf = (body: EventBodies['budget.limits_changed']): HistoryBudgets => ({
  limits: body.limits.map((l) => ({ scope: l.scope, window: l.window, limitMcu: l.limit_mcu })),
  defaultWuLimitMcu: body.default_wu_limit_mcu,
  rates: body.rates,
});

const limitsOf = ({ limits, defaultWuLimitMcu, rates }: HistoryBudgets): HistoryBudgets => ({
  limits,
  defaultWuLimitMcu,
  rates,
});

export interface Gathered {
  history: History;
  /** Monotonic reading of the first entry: from it follows when the plane looked. */
  fromMono: number;
  jobs: GatheredJob[];
}

/** Reads a stretch of the log as what came from outside: arrivals, presence, measured runtimes. Reads only. */
export function gatherHistory(engine: Engine, range: Range): Gathered {
  return new Gatherer(engine, range).gather();
}

class Gatherer {
  private readonly raw: RawPlaces;
  private readonly jobs = new Map<number, GatheredJob>();
  private readonly events: HistoryEvent[] = [];
  private readonly initial: Extract<HistoryEvent, { kind: 'arrival' }>[] = [];
  private readonly occupied = new Map<string, number>();
  private readonly assumptions: string[] = [];
  private atMs = 0;
  /** Past the end of the range: only measurements are still taken. */
  private isOver = false;

  constructor(
    private readonly engine: Engine,
    private readonly range: Range,
  ) {
    this.raw = new RawPlaces(engine.hot);
    for (const entry of range.entries.toReversed()) for (const event of entry.events.toReversed()) this.raw.undo(event);
    this.assumptions.push(...this.raw.assumptions);
  }

  gather(): Gathered {
    const { engine, range } = this;
    const { entries, length } = range;
    const first = entries[0];
    const places = this.raw.all();
    const start = this.standingAtStart();
    let toMs = 0;
    for (const [n, entry] of entries.entries()) {
      const before = entries[n - 1];
      if (before !== undefined && before.boot === entry.boot) this.atMs += Math.max(0, entry.mono - before.mono);
      if (n < length) toMs = this.atMs;
      this.isOver = n >= length;
      for (const event of entry.events) this.tell(event, entry);
    }
    if (length === entries.length && entries.at(-1)?.boot === engine.boot)
      toMs = this.atMs + Math.max(0, engine.clock.monoMs() - (entries.at(-1) as TypedEntry).mono);
    this.takeStillRunning(first?.seq ?? 0);
    this.takeWaiting(first?.seq ?? 0);
    this.dateInitial();
    this.initial.sort((a, b) => rankOf(a.job.priority, a.job.seq) - rankOf(b.job.priority, b.job.seq));
    const history: History = {
      fromMs: 0,
      toMs,
      ...start,
      places,
      occupied: this.occupied,
      lastGrants: this.lastGrants(),
      events: [...this.initial, ...this.events],
      assumptions: this.assumptions,
    };
    return { history, fromMono: first?.mono ?? 0, jobs: this.finish(toMs) };
  }

  /** Policy, limits and their use, and the pause, as they stood before the first entry. */
  private standingAtStart(): Pick<History, 'policy' | 'budgets' | 'use' | 'isPaused'> {
    const { engine, range } = this;
    const firstSeq = range.entries[0]?.seq ?? 0;
    const all = range.entries.flatMap((entry) => entry.events);
    const paused = all.find((e) => e.type === 'config.changed' && e.body.paused !== undefined);
    const now = engine.state.head.config.paused;
    const published = policyBefore(engine.state.db, firstSeq);
    const { hot } = engine;
    const isLimitsChanged = all.some((e) => e.type === 'budget.limits_changed');
    if (isLimitsChanged && firstSeq > 0)
      this.assumptions.push('Limits were changed in the range; before that none are taken to have been in force.');
    const none: HistoryBudgets = { limits: [], defaultWuLimitMcu: null, rates: DEFAULT_RATES };
    return {
      policy: published === undefined ? hot.policy : policyOf(published),
      // A copy: the limits in force may change before the run is over.
      budgets: isLimitsChanged || firstSeq === 0 ? none : limitsOf(hot.budgets),
      use: this.scopesAtStart(all),
      isPaused: paused?.type === 'config.changed' ? !paused.body.paused && firstSeq > 0 : now,
    };
  }

  /** By place; of a source without seats the newest of any session. */
  private lastGrants(): Map<string, number> {
    const granted = this.range.entries.find((entry) => entry.events.some((e) => e.type === 'lease.granted'));
    const belowFence = typeof granted?.ref.fence === 'number' ? granted.ref.fence : Number.MAX_SAFE_INTEGER;
    const newest = new Map<string, number>();
    for (const { sourceId, sessionId, fence } of loadFencesBelow(this.engine.state.db, belowFence))
      for (const placeId of [sourceId, sessionId]) newest.set(placeId, Math.max(newest.get(placeId) ?? 0, fence));
    return newest;
  }

  private scopesAtStart(all: readonly PlaneEvent[]): History['use'] {
    const use = new Map<string, { heldMcu: number; spentMcu: Record<BudgetWindow, number> }>();
    for (const [scope, now] of this.engine.hot.budgets.use)
      use.set(scope, {
        heldMcu: now.heldMcu,
        spentMcu: { total: now.spentMcu, day: now.dayMcu, week: now.weekMcu, month: now.monthMcu },
      });
    const opened = new Set<BudgetWindow>();
    for (const event of all.toReversed()) {
      if (event.type === 'budget.windows_opened' || event.type === 'time.jumped') {
        for (const { window } of event.body.windows ?? []) {
          opened.add(window);
          for (const { spentMcu } of use.values()) spentMcu[window] = 0;
        }
        continue;
      }
      if (event.type !== 'budget.held' && event.type !== 'budget.settled') continue;
      const of = use.get(event.body.scope);
      if (of === undefined) continue;
      if (event.type === 'budget.held') of.heldMcu -= event.body.mcu;
      else {
        of.heldMcu += event.body.held_mcu;
        of.spentMcu.total -= event.body.debited_mcu;
        for (const window of ['day', 'week', 'month'] as const)
          if (!opened.has(window)) of.spentMcu[window] -= event.body.debited_mcu;
      }
    }
    if (opened.size > 0 && (this.range.entries[0]?.seq ?? 0) > 0)
      this.assumptions.push(
        'A budget window ended in the range; what was spent in it before the range is not counted.',
      );
    return use;
  }

  private tell(event: PlaneEvent, entry: TypedEntry): void {
    if (this.tellJob(event, entry) || this.isOver) return;
    const { atMs } = this;
    switch (event.type) {
      case 'config.changed':
        if (event.body.paused !== undefined) this.events.push({ atMs, kind: 'paused', isPaused: event.body.paused });
        return;
      case 'policy.published':
        this.events.push({ atMs, kind: 'policy', policy: policyOf(event.body) });
        return;
      case 'budget.limits_changed':
        this.events.push({ atMs, kind: 'budgets', budgets: budgetsOf(event.body) });
        return;
      case 'budget.windows_opened':
      case 'time.jumped':
        for (const { window } of event.body.windows ?? []) this.events.push({ atMs, kind: 'window', window });
        return;
    }
    const isOffered = event.type === 'source.resumed' || event.type === 'admission.granted';
    for (const placeId of this.raw.apply(event))
      for (const [id, facts] of this.raw.factsOf(placeId))
        this.events.push({ atMs, kind: 'place', placeId: id, facts, isOffered });
  }

  /** @returns whether it was about a job. */
  private tellJob(event: PlaneEvent, entry: TypedEntry): boolean {
    const { atMs } = this;
    switch (event.type) {
      case 'job.submitted': {
        if (this.isOver) return true;
        const job = gatheredJob(entry.seq, event.body.job_id, event.body.spec);
        this.jobs.set(job.seq, job);
        if (!job.needsApproval) this.arrive(job, atMs, atMs);
        return true;
      }
      case 'job.state':
        this.tellState(event.body, entry);
        return true;
      case 'job.requeued': {
        const job = this.jobOf(entry, true);
        if (job === undefined) return true;
        const last = job.attempts.at(-1);
        if (last !== undefined && job.hasArrived) last.delayMs = event.body.delay_ms;
        else this.arrive(job, atMs, atMs + event.body.delay_ms);
        return true;
      }
      case 'job.cancel_requested': {
        const job = this.jobOf(entry);
        if (job !== undefined && !this.isOver) this.events.push({ atMs, kind: 'cancel', seq: job.seq });
        return true;
      }
      case 'approval.approved':
      case 'approval.rejected': {
        const job = this.jobOf(entry, true);
        if (job?.askedMs != null)
          job.answer = { isApproved: event.type === 'approval.approved', afterMs: atMs - job.askedMs };
        return true;
      }
      case 'lease.granted': {
        if (this.isOver) return true;
        const job = this.jobOf(entry);
        const decided = entry.events.find((e) => e.type === 'policy.decided');
        const crossing = decided?.type === 'policy.decided' ? (decided.body.crossing ?? null) : null;
        if (job !== undefined) noteGrant(job, event.body, crossing, atMs);
        return true;
      }
      case 'lease.released':
      case 'lease.expired':
      case 'lease.revoked': {
        const job = this.jobOf(entry, true);
        if (job?.open?.leaseId === event.body.lease_id) noteEnd(job, event.body, atMs);
        else this.freeBefore(event.body.lease_id, entry);
        return true;
      }
      default:
        return false;
    }
  }

  private tellState(body: EventBodies['job.state'], entry: TypedEntry): void {
    const { atMs } = this;
    if (this.isOver) return;
    const job = this.jobOf(entry, body.state === 'queued');
    if (job === undefined) return;
    if (body.state === 'held' && body.hold === 'fallback_ask') job.askedMs = atMs;
    if (body.state === 'queued' && !job.hasArrived) this.arrive(job, atMs, atMs);
    if (body.state === 'canceled') this.events.push({ atMs, kind: 'cancel', seq: job.seq });
    noteState(job, body, atMs);
  }

  /**
   * The job of an entry. One from before the range came in with its start.
   * @param isElsewhere it was not in the queue then: it ran, or was held.
   */
  private jobOf(entry: TypedEntry, isElsewhere = false): GatheredJob | undefined {
    const seq = entry.ref.job_seq;
    if (typeof seq !== 'number') return undefined;
    const known = this.jobs.get(seq);
    if (known !== undefined) return known;
    const { jobId, spec } = this.engine.submitted(seq);
    const job = gatheredJob(seq, jobId, spec);
    this.jobs.set(seq, job);
    if (!isElsewhere && !this.isOver) this.arriveBefore(job);
    return job;
  }

  private arriveBefore(job: GatheredJob): void {
    job.hasArrived = true;
    job.arrivedMs = 0;
    this.initial.push({ atMs: 0, kind: 'arrival', job, queuedMs: 0, readyMs: 0 });
  }

  private arrive(job: GatheredJob, queuedMs: number, readyMs: number): void {
    if (this.isOver) return;
    job.needsApproval = false;
    job.hasArrived = true;
    job.arrivedMs = readyMs;
    this.events.push({ atMs: this.atMs, kind: 'arrival', job, queuedMs, readyMs });
  }

  /** Since when the jobs waited that came in with the range; one that was queued again in it says only when it was made. */
  private dateInitial(): void {
    const { engine, initial } = this;
    const startPlaneMs = engine.state.head.planeMs - this.atMs;
    const startMs = Date.parse(this.range.entries[0]?.at ?? '');
    for (const arrival of initial) {
      const job = arrival.job as GatheredJob;
      const { queuedPlaneMs, readyPlaneMs, createdMs } = engine.jobAt(job.seq);
      const isKnown = queuedPlaneMs <= startPlaneMs;
      arrival.queuedMs = Math.min(0, isKnown ? queuedPlaneMs - startPlaneMs : createdMs - startMs);
      arrival.readyMs = isKnown ? readyPlaneMs - startPlaneMs : arrival.queuedMs;
      job.arrivedMs = arrival.readyMs;
      if (job.recorded !== null) job.recorded.waitMs = Math.max(0, job.recorded.waitMs - arrival.readyMs);
    }
  }

  /** An attempt from before the range ended in it: its slot and its hold come back. */
  private freeBefore(leaseId: string, entry: TypedEntry): void {
    const row = endedLease(this.engine.state.db, leaseId);
    if (row === undefined) return;
    const placeId = this.raw.isSeat(row.sessionId) ? row.sessionId : row.sourceId;
    this.occupied.set(placeId, (this.occupied.get(placeId) ?? 0) + 1);
    if (this.isOver) return;
    const holds = entry.events.flatMap((e) =>
      e.type === 'budget.settled'
        ? [{ scope: e.body.scope, heldMcu: e.body.held_mcu, debitedMcu: e.body.debited_mcu }]
        : [],
    );
    this.events.push({ atMs: this.atMs, kind: 'freed', placeId, sourceId: row.sourceId, holds });
  }

  private takeStillRunning(firstSeq: number): void {
    const { fleet, leases } = this.engine.hot;
    for (const lease of leases.values()) {
      if (lease.grantedSeq >= firstSeq) continue;
      const placeId = placeIdOf(fleet.placeOf(lease));
      this.occupied.set(placeId, (this.occupied.get(placeId) ?? 0) + 1);
    }
  }

  /** Jobs that waited before the range and still do: under another rule they might not. */
  private takeWaiting(firstSeq: number): void {
    const waiting = queuedBelow(this.engine.state.db, firstSeq, WAITING_MAX + this.jobs.size + 1);
    const unknown = waiting.filter((seq) => !this.jobs.has(seq));
    if (unknown.length > WAITING_MAX)
      this.assumptions.push(`Of the jobs that waited all along, the oldest ${WAITING_MAX} are counted.`);
    for (const seq of unknown.slice(0, WAITING_MAX)) {
      const { jobId, spec } = this.engine.submitted(seq);
      const job = gatheredJob(seq, jobId, spec);
      this.jobs.set(seq, job);
      this.arriveBefore(job);
    }
  }

  /** Jobs that came into the range; of one that is still open, the attempt that runs takes the rest of it. */
  private finish(toMs: number): GatheredJob[] {
    const jobs = [...this.jobs.values()].filter((job) => job.hasArrived);
    for (const job of jobs) {
      if (job.open !== null) {
        const { sourceId, grantedMs } = job.open;
        const heldMs = Math.max(toMs, this.atMs) - grantedMs + 1;
        job.attempts.push({
          sourceId,
          heldMs,
          runtimeMs: heldMs,
          extrasMcu: 0,
          outcome: 'succeeded',
          exitCode: 0,
          delayMs: 0,
        });
      }
      job.recorded ??= {
        fate: 'waiting',
        sourceId: null,
        side: null,
        crossing: null,
        waitMs: Math.max(0, toMs - job.arrivedMs),
        costMcu: 0,
        code: null,
      };
    }
    return jobs;
  }
}

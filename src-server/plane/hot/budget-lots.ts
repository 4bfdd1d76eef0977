import { type BudgetWindow, SIDES, type Side } from '../../contract/terms.ts';
import { NumberHeap } from '../../domain/claims/heap.ts';
import { rankOf, seqOfRank } from '../../domain/claims/rank.ts';

/** Jobs of one bucket that need the same of the same limit: none of them can have what the others cannot. */
export interface BudgetLot {
  /** What its jobs share an answer by. */
  key: string;
  id: string;
  bucket: number;
  /** The side whose budget is short. */
  side: Side;
  /** The side in whose heap the jobs stood, and to which they go back. */
  heapSide: Side;
  scope: string;
  window: BudgetWindow;
  neededMcu: number;
  /** Under fair share each work unit waits for itself, so that room is offered to all of them; else null. */
  wuId: string | null;
  ranks: NumberHeap;
}

/** The answer that the jobs of a lot share. */
export interface LotAnswer {
  key: string;
  decisionId: string;
  decisionSeq: number;
}

type Place = Omit<BudgetLot, 'key' | 'id' | 'ranks'>;
const keyOf = (p: Place): string => [p.bucket, p.heapSide, p.side, p.scope, p.window, p.neededMcu].join('|');

/** Answers that are remembered, so that a lot that empties and fills again is not answered twice. */
const ANSWERS_KEPT = 10_000;

/** Where jobs wait for a limit, off the heads of the queue; looked at again when something on its scope is given back. */
export class BudgetLots {
  readonly answers = new Map<string, LotAnswer>();
  /** Lots whose limit is used up so far that their jobs are to be refused, some at a time. */
  readonly doomed = new Set<BudgetLot>();
  private readonly lots = new Map<string, BudgetLot>();
  private readonly byScope = new Map<string, Set<BudgetLot>>();
  /** By the side in whose heap a job belongs: one that both sides may take can wait for both. */
  private readonly lotOfJob: Record<Side, Map<number, BudgetLot>> = { byoc: new Map(), managed: new Map() };
  /** Jobs that left their lot and were not handed out yet: when one is lost on the way, its room is somebody else's. */
  private readonly called: Record<Side, Map<number, { scope: string; key: string }>> = {
    byoc: new Map(),
    managed: new Map(),
  };
  private crossingCount = 0;
  private readonly freed = new Set<string>();

  /** Jobs that wait here. */
  get size(): number {
    return this.lotOfJob.byoc.size + this.lotOfJob.managed.size;
  }

  /** Is there something to look at again? */
  get isDue(): boolean {
    return this.freed.size > 0 && this.lots.size > 0;
  }

  lotOf(jobSeq: number): BudgetLot | undefined {
    return this.lotOfJob.byoc.get(jobSeq) ?? this.lotOfJob.managed.get(jobSeq);
  }

  /** The answer under which a job waits here, or waited until it was called. */
  answerOf(jobSeq: number): LotAnswer | undefined {
    if (this.answers.size === 0) return undefined;
    const called = this.called.byoc.get(jobSeq) ?? this.called.managed.get(jobSeq);
    const key = this.lotOf(jobSeq)?.key ?? called?.key;
    return key === undefined ? undefined : this.answers.get(key);
  }

  /** Takes a job in. @returns its lot. */
  park(place: Place, job: { seq: number; priority: number }): BudgetLot {
    const key = keyOf(place);
    const id = place.wuId === null ? key : `${key}|${place.wuId}`;
    let lot = this.lots.get(id);
    if (lot === undefined) {
      lot = { ...place, key, id, ranks: new NumberHeap() };
      this.lots.set(id, lot);
      this.byScope.set(lot.scope, (this.byScope.get(lot.scope) ?? new Set()).add(lot));
      if (lot.side !== lot.heapSide) this.crossingCount++;
    }
    lot.ranks.push(rankOf(job.priority, job.seq));
    this.lotOfJob[lot.heapSide].set(job.seq, lot);
    const called = this.called[lot.heapSide];
    const from = called.get(job.seq)?.scope;
    if (from !== undefined) {
      called.delete(job.seq);
      // It was called for room that it cannot use: the next in its old lot may.
      if (from !== lot.scope) this.freed.add(from);
    }
    return lot;
  }

  /** The best job of a lot; stale places, whose jobs are elsewhere by now, are dropped on the way. */
  best(lot: BudgetLot): number | null {
    while (lot.ranks.size > 0) {
      const seq = seqOfRank(lot.ranks.top);
      if (this.lotOfJob[lot.heapSide].get(seq) === lot) return seq;
      lot.ranks.pop();
    }
    this.drop(lot);
    return null;
  }

  /** The best job of a lot leaves it; `isCalled` when it goes back to the queue for room that there is. */
  takeBest(lot: BudgetLot, isCalled: boolean): void {
    const seq = seqOfRank(lot.ranks.pop() as number);
    this.lotOfJob[lot.heapSide].delete(seq);
    if (isCalled) this.called[lot.heapSide].set(seq, { scope: lot.scope, key: lot.key });
    if (lot.ranks.size === 0) this.drop(lot);
  }

  /** A job left the queue, whatever for: if it had been called, its room goes to the next. */
  left(jobSeq: number): void {
    for (const side of SIDES) {
      this.lotOfJob[side].delete(jobSeq);
      const scope = this.called[side].get(jobSeq)?.scope;
      if (scope === undefined) continue;
      this.called[side].delete(jobSeq);
      this.freed.add(scope);
    }
  }

  free(scope: string): void {
    if (this.byScope.has(scope)) this.freed.add(scope);
  }
  freeAll(): void {
    for (const scope of this.byScope.keys()) this.freed.add(scope);
  }

  /** Scopes to look at, each with its lots; they count as looked at from here on. */
  takeFreed(): { scope: string; lots: BudgetLot[] }[] {
    const due = [...this.freed].map((scope) => ({ scope, lots: [...(this.byScope.get(scope) ?? [])] }));
    this.freed.clear();
    return due.filter((d) => d.lots.length > 0);
  }

  /** Lots of jobs that wait for the second side's budget while their own side had nobody there. */
  crossing(): BudgetLot[] {
    return this.crossingCount === 0 ? [] : [...this.lots.values()].filter((lot) => lot.side !== lot.heapSide);
  }

  some(is: (lot: BudgetLot) => boolean): boolean {
    for (const lot of this.lots.values()) if (is(lot)) return true;
    return false;
  }

  /** Everything goes back to the queue, which is arranged anew. */
  clear(): void {
    this.lots.clear();
    this.byScope.clear();
    for (const side of SIDES) {
      this.lotOfJob[side].clear();
      this.called[side].clear();
    }
    this.crossingCount = 0;
    this.freed.clear();
    this.doomed.clear();
  }

  answer(lotKey: string, answer: LotAnswer): void {
    if (this.answers.size >= ANSWERS_KEPT) this.answers.delete(this.answers.keys().next().value as string);
    this.answers.set(lotKey, answer);
  }

  private drop(lot: BudgetLot): void {
    if (this.lots.delete(lot.id) && lot.side !== lot.heapSide) this.crossingCount--;
    this.doomed.delete(lot);
    const same = this.byScope.get(lot.scope);
    same?.delete(lot);
    if (same?.size === 0) this.byScope.delete(lot.scope);
  }
}

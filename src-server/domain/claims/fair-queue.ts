import { NumberHeap } from './heap.ts';
import { priorityOf } from './rank.ts';

/** What a job is charged at least, milli-CU: own compute may cost nothing, and a turn has to cost something. */
const LEAST_COST_MCU = 1;

/** Work units whose place is remembered in one priority; one that is forgotten is as good as new. */
const STAMPS_MAX = 10_000;

interface Turn {
  wuId: string;
  heap: NumberHeap;
  /** Milli-CU that this work unit may still hand out before the next has its turn. */
  deficitMcu: number;
}
/** The work units that wait inside one priority, in the order of their turns. */
interface Lane {
  ring: Turn[];
  byWu: Map<string, Turn>;
  at: number;
  /** When each work unit was served last, or came first: who leaves for want of budget comes back to its place in the round. */
  stamps: Map<string, number>;
  /** The turn at `at` has had its allowance. */
  isServing: boolean;
}

/**
 * The ready jobs of one side of a bucket under fair share: deficit round robin between work units inside one priority,
 * by what each job holds at most; by age inside a work unit. A pick costs what a plain heap's costs.
 */
export class FairQueue {
  private readonly all = new NumberHeap();
  private readonly wuOf = new Map<number, string>();
  private readonly lanes = new Map<number, Lane>();
  /** One turn's allowance: the dearest job met so far, so that every turn serves one job at least. */
  private allowanceMcu = LEAST_COST_MCU;
  /** Counts joins and turns. */
  private clock = 0;
  private last: { lane: Lane; turn: Turn; costMcu: number; stamp: number } | null = null;

  /** The smallest rank that waits, or Infinity; `pop` hands out a job of the same priority. */
  get top(): number {
    while (this.all.size > 0 && !this.wuOf.has(this.all.top)) this.all.pop();
    return this.all.top;
  }

  push(rank: number, wuId: string): void {
    if (this.wuOf.has(rank)) return;
    this.wuOf.set(rank, wuId);
    this.all.push(rank);
    const lane = this.lane(priorityOf(rank));
    let turn = lane.byWu.get(wuId);
    if (turn === undefined) {
      turn = { wuId, heap: new NumberHeap(), deficitMcu: 0 };
      lane.byWu.set(wuId, turn);
      this.join(lane, turn);
    }
    turn.heap.push(rank);
  }

  /** Takes the next job. @param costOf what a job would hold, milli-CU; asked only of those at the front. */
  pop(costOf: (rank: number) => number): number | undefined {
    const { top } = this;
    if (top === Number.POSITIVE_INFINITY) return undefined;
    const lane = this.lane(priorityOf(top));
    for (;;) {
      if (lane.at >= lane.ring.length) lane.at = 0;
      const turn = lane.ring[lane.at] as Turn;
      const costMcu = Math.max(LEAST_COST_MCU, costOf(turn.heap.top));
      this.allowanceMcu = Math.max(this.allowanceMcu, costMcu);
      if (!lane.isServing) {
        turn.deficitMcu += this.allowanceMcu;
        lane.isServing = true;
      }
      if (costMcu <= turn.deficitMcu) return this.serve(lane, turn, costMcu);
      lane.at++;
      lane.isServing = false;
    }
  }

  /** The job of the last `pop` was not handed out: its work unit is charged nothing for it. */
  refund(): void {
    if (this.last !== null) {
      const { lane, turn, costMcu, stamp } = this.last;
      turn.deficitMcu += costMcu;
      lane.stamps.set(turn.wuId, stamp);
    }
    this.last = null;
  }

  clear(): void {
    this.all.clear();
    this.wuOf.clear();
    this.lanes.clear();
    this.allowanceMcu = LEAST_COST_MCU;
    this.last = null;
  }

  /** A new work unit stands behind everybody who waits, one that was here before ahead of those served or come since. */
  private join(lane: Lane, turn: Turn): void {
    const { ring, stamps } = lane;
    const stamp = stamps.get(turn.wuId) ?? this.stamp(lane, turn.wuId);
    if (lane.at >= ring.length) lane.at = 0;
    let offset = lane.isServing ? 1 : 0;
    const stampAt = (n: number): number => stamps.get(ring[(lane.at + n) % ring.length]?.wuId ?? '') ?? 0;
    while (offset < ring.length && stampAt(offset) <= stamp) offset++;
    const isLast = offset >= ring.length;
    const at = isLast ? lane.at : (lane.at + offset) % ring.length;
    ring.splice(at, 0, turn);
    if (ring.length > 1 && (isLast || at < lane.at)) lane.at++;
  }

  private stamp(lane: Lane, wuId: string): number {
    lane.stamps.delete(wuId);
    lane.stamps.set(wuId, ++this.clock);
    if (lane.stamps.size > STAMPS_MAX) lane.stamps.delete(lane.stamps.keys().next().value as string);
    return this.clock;
  }

  private serve(lane: Lane, turn: Turn, costMcu: number): number {
    const rank = turn.heap.pop() as number;
    this.wuOf.delete(rank);
    turn.deficitMcu -= costMcu;
    this.last = { lane, turn, costMcu, stamp: lane.stamps.get(turn.wuId) ?? 0 };
    this.stamp(lane, turn.wuId);
    if (turn.heap.size === 0) {
      // Who has nothing left saves nothing up.
      lane.byWu.delete(turn.wuId);
      lane.ring.splice(lane.at, 1);
      lane.isServing = false;
    }
    return rank;
  }

  private lane(priority: number): Lane {
    let lane = this.lanes.get(priority);
    if (lane === undefined) {
      lane = { ring: [], byWu: new Map(), at: 0, stamps: new Map(), isServing: false };
      this.lanes.set(priority, lane);
    }
    return lane;
  }
}

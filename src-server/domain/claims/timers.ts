/** Something that falls due at a moment of the plane's monotonic clock. Stale timers are harmless: whoever handles one looks again. */
export interface Timer<K extends string> {
  dueMs: number;
  kind: K;
  id: string;
}

/**
 * A binary heap of timers ordered by due time, then by the order in which they were set. Each queued job may have one, so they
 * are held in columns: 32 bytes for each, where an object with its text is three times that.
 */
export class TimerHeap<K extends string> {
  private readonly dues: number[] = [];
  private readonly orders: number[] = [];
  private readonly kinds: K[] = [];
  /** A sequence is kept as the number that it is. */
  private readonly ids: (string | number)[] = [];
  private order = 0;

  get size(): number {
    return this.dues.length;
  }

  set(dueMs: number, kind: K, id: string): void {
    this.rise(this.size, dueMs, this.order++, kind, packed(id));
  }

  /** Removes and returns the next timer that is due at `nowMs`. */
  takeDue(nowMs: number): Timer<K> | undefined {
    const dueMs = this.dues[0];
    if (dueMs === undefined || dueMs > nowMs) return undefined;
    const timer = { dueMs, kind: this.kinds[0] as K, id: String(this.ids[0]) };
    const lastDue = this.dues.pop() as number;
    const lastOrder = this.orders.pop() as number;
    const lastKind = this.kinds.pop() as K;
    const lastId = this.ids.pop() as string | number;
    if (this.size > 0) this.rise(this.sinkHole(lastDue, lastOrder), lastDue, lastOrder, lastKind, lastId);
    return timer;
  }

  clear(): void {
    for (const column of [this.dues, this.orders, this.kinds, this.ids]) column.length = 0;
  }

  /** Moves the free place at the top down to where a timer may stand, and tells where that is. */
  private sinkHole(dueMs: number, order: number): number {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.size) return i;
      if (child + 1 < this.size && this.isBefore(child + 1, this.dues[child] as number, this.orders[child] as number))
        child++;
      if (!this.isBefore(child, dueMs, order)) return i;
      this.move(child, i);
      i = child;
    }
  }

  /** Puts a timer at a free place, or above it where it is due before those there. */
  private rise(at: number, dueMs: number, order: number, kind: K, id: string | number): void {
    let i = at;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.isBefore(parent, dueMs, order)) break;
      this.move(parent, i);
      i = parent;
    }
    this.dues[i] = dueMs;
    this.orders[i] = order;
    this.kinds[i] = kind;
    this.ids[i] = id;
  }

  private move(from: number, to: number): void {
    this.dues[to] = this.dues[from] as number;
    this.orders[to] = this.orders[from] as number;
    this.kinds[to] = this.kinds[from] as K;
    this.ids[to] = this.ids[from] as string | number;
  }

  private isBefore(at: number, dueMs: number, order: number): boolean {
    const thisMs = this.dues[at] as number;
    return thisMs < dueMs || (thisMs === dueMs && (this.orders[at] as number) < order);
  }
}

/** The number whose text the id is, or the id. */
function packed(id: string): string | number {
  const number = Number(id);
  return String(number) === id ? number : id;
}

/** Something that falls due at a moment of the plane's monotonic clock. Stale timers are harmless: whoever handles one looks again. */
export interface Timer<K extends string> {
  dueMs: number;
  kind: K;
  id: string;
}

/** A binary heap of timers ordered by due time, then by the order in which they were set. */
export class TimerHeap<K extends string> {
  private readonly items: (Timer<K> & { order: number })[] = [];
  private order = 0;

  get size(): number {
    return this.items.length;
  }

  set(dueMs: number, kind: K, id: string): void {
    const item = { dueMs, kind, id, order: this.order++ };
    const items = this.items;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(item, items[parent] as typeof item)) break;
      items[i] = items[parent] as typeof item;
      i = parent;
    }
    items[i] = item;
  }

  /** Removes and returns the next timer that is due at `nowMs`. */
  takeDue(nowMs: number): Timer<K> | undefined {
    const items = this.items;
    const top = items[0];
    if (top === undefined || top.dueMs > nowMs) return undefined;
    const last = items.pop() as typeof top;
    if (items.length > 0) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= items.length) break;
        if (child + 1 < items.length && before(items[child + 1] as typeof top, items[child] as typeof top)) child++;
        if (!before(items[child] as typeof top, last)) break;
        items[i] = items[child] as typeof top;
        i = child;
      }
      items[i] = last;
    }
    return top;
  }

  clear(): void {
    this.items.length = 0;
  }
}

const before = (a: { dueMs: number; order: number }, b: { dueMs: number; order: number }): boolean =>
  a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

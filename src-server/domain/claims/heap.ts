/** A binary heap of numbers, smallest on top. Ranks and due times are safe integers, so a plain array holds a million in 8 MB. */
export class NumberHeap {
  private readonly items: number[] = [];

  get size(): number {
    return this.items.length;
  }

  /** The smallest number, or Infinity when empty. */
  get top(): number {
    return this.items.length > 0 ? (this.items[0] as number) : Number.POSITIVE_INFINITY;
  }

  push(value: number): void {
    const items = this.items;
    let i = items.length;
    items.push(value);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((items[parent] as number) <= value) break;
      items[i] = items[parent] as number;
      i = parent;
    }
    items[i] = value;
  }

  /** Removes and returns the smallest number; undefined when empty. */
  pop(): number | undefined {
    const items = this.items;
    const top = items[0];
    const last = items.pop();
    if (items.length > 0 && last !== undefined) this.sink(last);
    return top;
  }

  clear(): void {
    this.items.length = 0;
  }

  private sink(value: number): void {
    const items = this.items;
    const length = items.length;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= length) break;
      if (child + 1 < length && (items[child + 1] as number) < (items[child] as number)) child++;
      if ((items[child] as number) >= value) break;
      items[i] = items[child] as number;
      i = child;
    }
    items[i] = value;
  }
}

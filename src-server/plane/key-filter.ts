/** 2²⁴ bits are 2 MiB: with a million keys about one look-up in 80 goes to the table for nothing. */
const BITS = 2 ** 24;
const PROBES = 3;

/**
 * Says cheaply that an idempotency key is new. Nearly every key is, and the table behind costs a statement.
 * It never says "new" of a key that was added; it may say "perhaps known" of one that was not.
 */
export class KeyFilter {
  private readonly bits = new Uint8Array(BITS / 8);

  /** @param key hexadecimal digits of a hash, at least 24. */
  add(key: string): void {
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = bitOf(key, probe);
      this.bits[bit >> 3] = (this.bits[bit >> 3] as number) | (1 << (bit & 7));
    }
  }

  mayHave(key: string): boolean {
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = bitOf(key, probe);
      if (((this.bits[bit >> 3] as number) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/** The key is a hash already: each probe takes six of its digits. */
const bitOf = (key: string, probe: number): number => Number.parseInt(key.slice(probe * 6, probe * 6 + 6), 16) % BITS;

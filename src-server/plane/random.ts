import { randomBytes, randomInt } from 'node:crypto';

/** Every source of chance in the plane. */
export interface Random {
  bytes(count: number): Buffer;
  /** Uniform integer in [0, limit). */
  integer(limit: number): number;
  /** Uniform in [0, 1); for jitter, never for secrets. */
  unit(): number;
}

const POOL_BYTES = 8_192;
let pool = Buffer.alloc(0);
let used = 0;

export const systemRandom: Random = {
  // Salts and ids take 16 bytes each, several per entry: one system call serves 512 of them.
  bytes(count) {
    if (count > 64) return randomBytes(count);
    if (used + count > pool.length) {
      pool = randomBytes(POOL_BYTES);
      used = 0;
    }
    used += count;
    return pool.subarray(used - count, used);
  },
  integer: (limit) => randomInt(limit),
  unit: () => randomInt(2 ** 32) / 2 ** 32,
};

/** A deterministic generator (mulberry32) for simulation and demo; never for secrets. */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0;
  const unit = (): number => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    unit,
    integer: (limit) => Math.floor(unit() * limit),
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => Math.floor(unit() * 256))),
  };
}

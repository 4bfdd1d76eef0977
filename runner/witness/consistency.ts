import { createHash } from 'node:crypto';

const NODE = Uint8Array.of(1);
const joined = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(NODE).update(left).update(right).digest();

/** The head of a tree of entries. */
export interface Head {
  size: number;
  root: Buffer;
}

/**
 * Whether the later log begins with exactly the earlier one (RFC 9162, 2.1.4.2). The sizes of logs stay far below 2⁵³,
 * so halving is done with plain numbers.
 */
export function isContinued(earlier: Head, later: Head, proof: readonly Buffer[]): boolean {
  if (earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && earlier.root.equals(later.root);
  if (earlier.size === 0) return proof.length === 0;
  let at = earlier.size - 1;
  let last = later.size - 1;
  const up = (): void => {
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  };
  while (at % 2 === 1) up();
  // An earlier log that is one whole node of the later one is not in the proof: its root is known.
  const [first, ...rest] = at === 0 ? [earlier.root, ...proof] : proof;
  if (first === undefined) return false;
  let before = first;
  let now = first;
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = joined(hash, before);
      now = joined(hash, now);
      while (at % 2 === 0 && at !== 0) up();
    } else now = joined(now, hash);
    up();
  }
  return last === 0 && before.equals(earlier.root) && now.equals(later.root);
}

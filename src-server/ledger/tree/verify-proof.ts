import { HASH_BYTES, nodeHash } from './hashes.ts';

export interface InclusionClaim {
  leafHash: Uint8Array;
  index: number;
  /** Leaves in the tree that `root` stands for. */
  size: number;
  /** Audit path, lowest node first. */
  proof: readonly Uint8Array[];
  root: Uint8Array;
}

export interface ConsistencyClaim {
  fromSize: number;
  fromRoot: Uint8Array;
  toSize: number;
  toRoot: Uint8Array;
  proof: readonly Uint8Array[];
}

/** Whether the proof shows that the leaf stands at `index` in the tree (RFC 9162, 2.1.3.2). Never throws on bad input. */
export function verifyInclusion({ leafHash, index, size, proof, root }: InclusionClaim): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leafHash, root, ...proof])) return false;
  let at = BigInt(index);
  let last = BigInt(size - 1);
  let node: Uint8Array = leafHash;
  for (const sibling of proof) {
    if (last === 0n) return false;
    if ((at & 1n) === 1n || at === last) {
      node = nodeHash(sibling, node);
      while ((at & 1n) === 0n && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else {
      node = nodeHash(node, sibling);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && areEqual(node, root);
}

/**
 * Whether the proof shows that the larger tree begins with the leaves of the smaller one (RFC 9162, 2.1.4.2). A smaller
 * tree of size 0 is the beginning of every tree; its proof is empty. Never throws on bad input.
 */
export function verifyConsistency({ fromSize, fromRoot, toSize, toRoot, proof }: ConsistencyClaim): boolean {
  if (!isCount(fromSize) || !isCount(toSize) || fromSize > toSize) return false;
  if (!areHashes([fromRoot, toRoot, ...proof])) return false;
  if (fromSize === toSize) return proof.length === 0 && areEqual(fromRoot, toRoot);
  if (fromSize === 0) return proof.length === 0;
  let at = BigInt(fromSize - 1);
  let last = BigInt(toSize - 1);
  while ((at & 1n) === 1n) {
    at >>= 1n;
    last >>= 1n;
  }
  // A smaller tree that is one whole node of the larger is not in the proof: its root is known.
  const path = at === 0n ? [fromRoot, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let smaller = first;
  let larger = first;
  for (const sibling of path) {
    if (last === 0n) return false;
    if ((at & 1n) === 1n || at === last) {
      smaller = nodeHash(sibling, smaller);
      larger = nodeHash(sibling, larger);
      while ((at & 1n) === 0n && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else {
      larger = nodeHash(larger, sibling);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && areEqual(smaller, fromRoot) && areEqual(larger, toRoot);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
function areHashes(values: readonly Uint8Array[]): boolean {
  return values.every((value) => value.length === HASH_BYTES);
}
function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

import type { LogPort } from '../log-port.ts';
import { leafDigest } from './hashes.ts';
import { MerkleTree } from './merkle-tree.ts';

/** A tree that reads what it needs of its older parts from a log. @param bytes what a snapshot kept of it; null: none. */
export function treeOn(log: Pick<LogPort, 'read'>, bytes: Buffer | null): MerkleTree {
  const leavesOf = function* (from: number, to: number): Iterable<string> {
    for (const { line } of log.read(from, to)) yield leafDigest(line);
  };
  return bytes === null ? new MerkleTree(leavesOf) : MerkleTree.fromBytes(bytes, leavesOf);
}

/** The tree over all that is durable: what the snapshot kept, and every entry after it. */
export function treeOf(log: LogPort, bytes: Buffer | null): MerkleTree {
  const tree = treeOn(log, bytes);
  for (const { line } of log.read(tree.size)) tree.append(leafDigest(line));
  return tree;
}

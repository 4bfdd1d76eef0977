import type { LogPort } from '../log-port.ts';
import { leafHash } from './hashes.ts';
import { MerkleTree } from './merkle-tree.ts';

/** A tree that reads what it needs of its older parts from a log. @param bytes what a snapshot kept of it; null: none. */
export function treeOn(log: Pick<LogPort, 'read'>, bytes: Buffer | null): MerkleTree {
  const leavesOf = function* (from: number, to: number): Iterable<Buffer> {
    for (const { line } of log.read(from, to)) yield leafHash(line);
  };
  return bytes === null ? new MerkleTree(leavesOf) : MerkleTree.fromBytes(bytes, leavesOf);
}

/** The tree over all that is durable: what the snapshot kept, and every entry after it. */
export function treeOf(log: LogPort, bytes: Buffer | null): MerkleTree {
  const tree = treeOn(log, bytes);
  for (const { line } of log.read(tree.size)) tree.append(leafHash(line));
  return tree;
}

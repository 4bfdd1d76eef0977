import { leafHash } from '../../tree/hashes.ts';
import { verifyInclusion } from '../../tree/verify-proof.ts';
import { entryName, proofName } from '../layout.ts';
import { BundleFault } from './bundle-files.ts';
import type { Judged } from './check-trust.ts';

const HASH_LINE = /^[A-Za-z0-9+/]{43}=$/;

/** Each entry is in the tree of the checkpoint at its own number, and names the one before it. */
export function checkTree(judged: Judged): string {
  const { files, entries, trust, checkpoint } = judged;
  if (checkpoint === null) throw new BundleFault('there is no checkpoint');
  const note = checkpoint.note.toString('latin1');
  for (const [seq, entry] of entries) {
    const line = files.bytes(entryName(seq));
    if (entry.ws !== trust?.workspaceId)
      throw new BundleFault(`${entryName(seq)} is of ${entry.ws}, not of ${trust?.workspaceId}`);
    if (seq >= checkpoint.size)
      throw new BundleFault(`checkpoint covers ${checkpoint.size} entries, and ${entryName(seq)} is not among them`);
    const proof = pathOf(files.bytes(proofName(seq)).toString('latin1'), seq, note);
    const { size, root } = checkpoint;
    if (!verifyInclusion({ leafHash: leafHash(line), index: seq, size, proof, root }))
      throw new BundleFault(`${entryName(seq)} is not in the tree of the checkpoint`);
    const before = entries.has(seq - 1) ? files.sha256(entryName(seq - 1)) : entry.prev;
    if (entry.prev !== before) throw new BundleFault(`${entryName(seq)} does not name the entry before it`);
  }
  return `${entries.size} entries stand in the tree at their numbers, the chain between them holds`;
}

function pathOf(proof: string, seq: number, note: string): Buffer[] {
  const at = proof.indexOf('\n\n');
  const [head, index, ...hashes] = proof.slice(0, at).split('\n');
  if (
    at < 0 ||
    head !== 'c2sp.org/tlog-proof@v1' ||
    index !== `index ${seq}` ||
    !hashes.every((h) => HASH_LINE.test(h))
  )
    throw new BundleFault(`${proofName(seq)} is not a proof of entry ${seq}`);
  if (proof.slice(at + 2) !== note) throw new BundleFault(`${proofName(seq)} is against another checkpoint`);
  return hashes.map((hash) => Buffer.from(hash, 'base64'));
}

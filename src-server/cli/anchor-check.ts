import type { FileLog } from '../ledger/file-log.ts';
import { originOf } from '../ledger/note/checkpoint.ts';
import { leafDigest } from '../ledger/tree/hashes.ts';
import { MerkleTree } from '../ledger/tree/merkle-tree.ts';
import type { Anchor } from '../plane/anchor.ts';
import type { DataCheck } from './inspect-data.ts';

/** Holds a log against its last signed head that stands outside of the data directory. */
export function anchorCheck(anchor: Anchor, id: string, log: FileLog): DataCheck {
  const head = anchor.lineOf(originOf(id));
  const check = (passed: boolean, detail: string): DataCheck => ({ id: `anchor.${id}`, passed, detail });
  if (head === null)
    return check(true, 'no signed head of it is kept outside of this directory, so an older copy would not show');
  if (log.nextSeq < head.size)
    return check(
      false,
      `the log holds ${log.nextSeq} entries, and ${head.size} were signed once: this is an older copy. Put the newer one back, or go on from this one with recover`,
    );
  const tree = new MerkleTree();
  for (const { line } of log.read(0, head.size)) tree.append(leafDigest(line));
  return tree.root().toString('base64') === head.root
    ? check(true, `begins with the ${head.size} entries whose head is kept outside of this directory`)
    : check(
        false,
        `its first ${head.size} entries are not those that were signed once: this is another history of the same workspace. Put the newest copy back, or go on from this one with recover`,
      );
}

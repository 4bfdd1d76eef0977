import { formatCheckpoint, originOf } from '../../ledger/note/checkpoint.ts';
import { formatNote, keyIdOf } from '../../ledger/note/signed-note.ts';
import { leafHash } from '../../ledger/tree/hashes.ts';
import { MerkleTree } from '../../ledger/tree/merkle-tree.ts';
import type { Engine } from '../engine.ts';
import type { PlaneKey } from '../keys.ts';
import type { LogProver } from './export-bundle.ts';

/** A prover that builds the tree of the log for one export and signs a checkpoint of what is there now. */
export function logProver(engine: Engine, key: PlaneKey): LogProver {
  const size = engine.nextSeq;
  const tree = new MerkleTree(function* (from, to) {
    for (let seq = from; seq < to; seq++) yield leafHash(engine.line(seq));
  });
  for (let seq = 0; seq < size; seq++) tree.append(leafHash(engine.line(seq)));
  return {
    async checkpointFor() {
      const origin = originOf(engine.workspaceId);
      const text = formatCheckpoint({ origin, size, root: tree.root(size) });
      const signature = await key.sign(Buffer.from(text));
      const keyId = keyIdOf(origin, Buffer.from(key.publicKeyBase64, 'base64'));
      const note = Buffer.from(formatNote({ text, signatures: [{ name: origin, keyId, signature }] }));
      return { note, text, size, signers: [] };
    },
    inclusion: (seq, atSize) => tree.inclusionProof(seq, atSize),
  };
}

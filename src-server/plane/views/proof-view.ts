import { ProblemError } from '../../contract/problems.ts';
import { leafHash } from '../../ledger/tree/hashes.ts';
import { newestCheckpoint } from '../../state/queries/evidence.ts';
import type { Engine } from '../engine.ts';
import { checkpointOf, type Notary, servedNote } from '../notary.ts';

const base64 = (hash: Buffer): string => hash.toString('base64');

/** That an entry stands in the log, against the newest checkpoint; one is signed when none covers it yet. */
export function proofView(engine: Engine, notary: Notary, seq: number): Record<string, unknown> {
  const row = notary.covering(seq);
  const { size, root } = checkpointOf(row);
  return {
    seq,
    leaf_hash: base64(leafHash(engine.line(seq))),
    checkpoint: servedNote(row),
    size,
    root: base64(root),
    inclusion: engine.tree.inclusionProof(seq, size).map(base64),
  };
}

/** @throws ProblemError `field.invalid` when the sizes are none of this log's. */
export function consistencyView(engine: Engine, from: number, to: number): Record<string, unknown> {
  const { tree } = engine;
  if (from > to || to > tree.size)
    throw new ProblemError('field.invalid', `Send from ≤ to ≤ ${tree.size}, the number of entries.`, {
      errors: [{ pointer: from > to ? '/from' : '/to', message: 'is past the end' }],
    });
  return {
    from,
    to,
    from_root: base64(tree.root(from)),
    to_root: base64(tree.root(to)),
    consistency: tree.consistencyProof(from, to).map(base64),
  };
}

/** What a witness asks for. Null before the first checkpoint. @param seenSize entries of the last one that it saw. */
export function witnessView(engine: Engine, seenSize: number): { checkpoint: string; consistency: string[] } | null {
  const row = newestCheckpoint(engine.state.db);
  if (row === null) return null;
  const isBehind = row.size < seenSize;
  return {
    checkpoint: servedNote(row),
    consistency: isBehind ? [] : engine.tree.consistencyProof(seenSize, row.size).map(base64),
  };
}

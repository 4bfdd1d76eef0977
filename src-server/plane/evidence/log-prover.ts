import { formatCheckpoint, originOf, parseCheckpoint } from '../../ledger/note/checkpoint.ts';
import { formatNote, keyIdOf, parseNote } from '../../ledger/note/signed-note.ts';
import { newestCosigned } from '../../state/queries/evidence.ts';
import type { Engine } from '../engine.ts';
import type { PlaneKey } from '../keys.ts';
import { isSignedHere } from '../notary.ts';
import type { LogProver } from './export-bundle.ts';
import { runnerKeyOf } from './runner-key.ts';

/** Proves from the tree of the log: against the newest cosigned checkpoint where it covers enough, else a fresh one. */
export function logProver(engine: Engine, key: PlaneKey): LogProver {
  return {
    checkpointFor: async (sizeAtLeast) => cosigned(engine, key, sizeAtLeast) ?? (await signedNow(engine, key)),
    inclusion: (seq, size) => engine.tree.inclusionProof(seq, size),
  };
}

type Covering = Awaited<ReturnType<LogProver['checkpointFor']>>;

/** Witnesses whose key was registered again since are left out: the entry that says so is past this checkpoint. */
function cosigned(engine: Engine, key: PlaneKey, sizeAtLeast: number): Covering | null {
  const row = newestCosigned(engine.state.db);
  if (row === null || row.size < sizeAtLeast || !isSignedHere(engine.workspaceId, row, key.log.publicKey)) return null;
  const { text } = parseNote(row.note);
  const { origin, size } = parseCheckpoint(text);
  const signers: string[] = [];
  const lines = row.cosignatures.filter((line) => {
    const sessionId = line.split(' ')[1]?.slice(origin.length + 1) ?? '';
    const session = runnerKeyOf(engine, sessionId);
    const isProven = session !== undefined && session.registeredSeq < size;
    if (isProven) signers.push(sessionId);
    return isProven;
  });
  return { note: Buffer.from(row.note + lines.join('')), text, size, signers };
}

async function signedNow(engine: Engine, key: PlaneKey): Promise<Covering> {
  const size = engine.nextSeq;
  const origin = originOf(engine.workspaceId);
  const text = formatCheckpoint({ origin, size, root: engine.tree.root(size) });
  const signature = await key.sign(Buffer.from(text));
  const keyId = keyIdOf(origin, Buffer.from(key.publicKeyBase64, 'base64'));
  const note = Buffer.from(formatNote({ text, signatures: [{ name: origin, keyId, signature }] }));
  return { note, text, size, signers: [] };
}

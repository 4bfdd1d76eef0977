import { parseCheckpoint } from '../../note/checkpoint.ts';
import { verifyCosignature, witnessName } from '../../note/cosignature.ts';
import { NoteError, parseNote, verifyNote } from '../../note/signed-note.ts';
import { isSignedBy } from '../../receipts/ed25519.ts';
import { SSHSIG_NAMESPACE, signatureOfSshsig, sshsigPayload } from '../sshsig.ts';
import { BundleFault } from './bundle-files.ts';
import type { CheckpointFacts, Judged } from './check-trust.ts';

/** The note is of this workspace's log, and the log's key signed it first and once. */
export function checkCheckpoint(judged: Judged): string {
  const { files, rawKey, trust } = judged;
  const checkpoint = readCheckpoint(files.bytes('checkpoint'));
  const { origin, size, signed } = checkpoint;
  if (origin !== trust?.origin)
    throw new BundleFault(`checkpoint is of the log ${origin}, the bundle is of ${trust?.origin}`);
  const [first, ...others] = signed.signatures;
  if (first?.name !== origin || !verifyNote(signed, origin, rawKey))
    throw new BundleFault("checkpoint: its first signature is not that of the log's key");
  if (others.some(({ name }) => name === origin)) throw new BundleFault('checkpoint is signed twice by the log');
  judged.checkpoint = checkpoint;
  return `${origin}, ${size} entries, signed by the log's key`;
}

function readCheckpoint(note: Buffer): CheckpointFacts {
  try {
    const signed = parseNote(note);
    return { note, signed, text: signed.text, ...parseCheckpoint(signed.text) };
  } catch (error) {
    if (error instanceof NoteError) throw new BundleFault(`checkpoint: ${error.message}`);
    throw error;
  }
}

/** The same text, signed once more for `ssh-keygen -Y verify`. */
export function checkSshsig({ files, key, rawKey, checkpoint }: Judged): string {
  const signature = signatureOfSshsig(files.bytes('checkpoint.sshsig').toString('latin1'), rawKey);
  if (signature === null || !isSignedBy(key, sshsigPayload(Buffer.from(checkpoint?.text ?? '')), signature))
    throw new BundleFault("checkpoint.sshsig is not the SSH signature of the log's key over the checkpoint's text");
  return `the checkpoint's text is signed for SSH too, namespace ${SSHSIG_NAMESPACE}`;
}

/** Every further signature is that of a runner whose key is known, over the checkpoint and its time. */
export function checkCosignatures({ trust, checkpoint }: Judged): string {
  const cosigned = checkpoint?.signed.signatures.slice(1) ?? [];
  for (const line of cosigned) {
    const sessionId = line.name.slice(`${trust?.origin}/`.length);
    const runner = trust?.runnerKeys.get(sessionId);
    if (runner === undefined || line.name !== witnessName(trust?.workspaceId ?? '', sessionId))
      throw new BundleFault(`checkpoint is cosigned by ${line.name}, whose key is not in the bundle`);
    if (verifyCosignature(checkpoint?.text ?? '', line, line.name, runner.raw) === null)
      throw new BundleFault(`the cosignature of ${line.name} in checkpoint does not hold`);
  }
  return cosigned.length === 0
    ? 'no runner cosigned this checkpoint'
    : `${cosigned.length} runners cosigned, each with its own key`;
}

import { isSignedBy, SIGNATURE_BYTES } from './ed25519.ts';
import {
  formatSignature,
  keyIdOf,
  type NoteSignature,
  type NoteSigner,
  parseSignature,
  SIGNATURE_KIND,
  type SignedNote,
} from './signed-note.ts';

const TIME_BYTES = 8;

/** Name of a runner's key as a witness. */
export const witnessName = (workspaceId: string, sessionId: string): string =>
  `connected-compute/${workspaceId}/${sessionId}`;

/** The bytes that a witness signs (C2SP tlog-cosignature, v1). @param seconds since 1970. */
export function cosignedBytes(text: string, seconds: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

/**
 * A signature line, with its newline, that says: at this time I saw this checkpoint, consistent with all I saw before.
 * @param text the checkpoint's text, without its signatures.
 * @param seconds since 1970.
 */
export function cosign(text: string, seconds: number, signer: NoteSigner): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  return formatSignature({
    name: signer.name,
    keyId: keyIdOf(signer.name, signer.publicKey, SIGNATURE_KIND.cosignature),
    signature: Buffer.concat([time, signer.sign(cosignedBytes(text, seconds))]),
  });
}

/**
 * Checks one cosignature line.
 * @param publicKey of the witness, 32 raw bytes.
 * @returns the time that it states, in seconds since 1970; null when it is not of this key under this name, or does not hold.
 */
export function verifyCosignature(
  text: string,
  line: NoteSignature | string,
  name: string,
  publicKey: Uint8Array,
): number | null {
  const parsed = typeof line === 'string' ? tryParse(line) : line;
  if (parsed === null || parsed.name !== name) return null;
  const { keyId, signature } = parsed;
  if (!keyId.equals(keyIdOf(name, publicKey, SIGNATURE_KIND.cosignature))) return null;
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return null;
  const seconds = Number(signature.readBigUInt64BE(0));
  if (!Number.isSafeInteger(seconds)) return null;
  const isGood = isSignedBy(publicKey, cosignedBytes(text, seconds), signature.subarray(TIME_BYTES));
  return isGood ? seconds : null;
}

/** The lines of a note that can only be cosignatures: the log key's line has another length. */
export function cosignaturesOf({ signatures }: SignedNote): NoteSignature[] {
  return signatures.filter(({ signature }) => signature.length === TIME_BYTES + SIGNATURE_BYTES);
}

function tryParse(line: string): NoteSignature | null {
  try {
    return parseSignature(line.endsWith('\n') ? line.slice(0, -1) : line);
  } catch {
    return null;
  }
}

import { createPublicKey, type KeyObject, verify } from 'node:crypto';

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
/** DER of an Ed25519 SubjectPublicKeyInfo up to the 32 raw bytes. */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** The key of 32 raw public bytes. @throws RangeError for another length. */
export function publicKeyFrom(raw: Uint8Array): KeyObject {
  if (raw.length !== PUBLIC_KEY_BYTES) throw new RangeError('an Ed25519 public key has 32 bytes');
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' });
}

/** Whether the signature over the bytes is of that raw public key. False, never an error, for keys and signatures of a wrong form. */
export function isSignedBy(rawPublicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (rawPublicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  try {
    return verify(null, bytes, publicKeyFrom(rawPublicKey), signature);
  } catch {
    return false;
  }
}

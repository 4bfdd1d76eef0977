import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

export const RAW_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** DER of an Ed25519 public key before its 32 raw bytes. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A public key of 32 raw bytes; null when they are not a point of the curve. */
export function publicKeyOf(raw: Uint8Array): KeyObject | null {
  if (raw.length !== RAW_KEY_BYTES) return null;
  try {
    return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

/** The one PEM form of a key: SPKI, one line of base64. */
export const publicKeyPem = (raw: Uint8Array): string =>
  `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([SPKI_PREFIX, raw]).toString('base64')}\n-----END PUBLIC KEY-----\n`;

/** The raw bytes of a key in exactly the form that `publicKeyPem` writes, else null. */
export function rawKeyOfPem(pem: string): Buffer | null {
  const der = Buffer.from(pem.split('\n')[1] ?? '', 'base64');
  const raw = der.subarray(SPKI_PREFIX.length);
  return raw.length === RAW_KEY_BYTES && publicKeyPem(raw) === pem ? raw : null;
}

/** `SHA256:` and unpadded base64 of the SHA-256 of the raw public bytes. */
export const fingerprintOf = (raw: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(raw).digest('base64').replace(/=+$/, '')}`;

/** Whether `signature` is that of the key over these bytes. Never throws. */
export function isSignedBy(key: KeyObject | null, bytes: Uint8Array, signature: Uint8Array): boolean {
  return key !== null && signature.length === SIGNATURE_BYTES && verify(null, bytes, key, signature);
}

/** The same on a thread of the pool, so that the plane goes on meanwhile. */
export function isSignedByAsync(key: KeyObject | null, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (key === null || signature.length !== SIGNATURE_BYTES) return Promise.resolve(false);
  return new Promise((resolve, reject) =>
    verify(null, bytes, key, signature, (error, holds) => (error === null ? resolve(holds) : reject(error))),
  );
}

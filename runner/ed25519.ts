import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

const RAW_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** A new signing key as PKCS#8 PEM. */
export function newPrivateKeyPem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Reads an Ed25519 private key from PEM; throws when it is of another kind. */
export function readPrivateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('The key is not an Ed25519 key.');
  return key;
}

/** Standard base64 of the 32 raw public bytes, the form in which keys travel. */
export function publicKeyOf(privateKey: KeyObject): string {
  const x = createPublicKey(privateKey).export({ format: 'jwk' }).x;
  if (typeof x !== 'string') throw new TypeError('The key is not an Ed25519 key.');
  return Buffer.from(x, 'base64url').toString('base64');
}

/** `SHA256:` and unpadded base64 of the SHA-256 of the raw public bytes. */
export function fingerprintOf(publicKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** Base64 Ed25519 signature over `message`. */
export function signMessage(privateKey: KeyObject, message: string | Uint8Array): string {
  return sign(null, Buffer.from(message), privateKey).toString('base64');
}

/** Whether `signature` (base64) is that of `publicKey` (base64, raw) over `message`. Never throws. */
export function verifyMessage(publicKey: string, message: string | Uint8Array, signature: string): boolean {
  const raw = Buffer.from(publicKey, 'base64');
  const bytes = Buffer.from(signature, 'base64');
  if (raw.length !== RAW_KEY_BYTES || bytes.length !== SIGNATURE_BYTES) return false;
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
    return verify(null, Buffer.from(message), key, bytes);
  } catch {
    // Bytes that are no point of the curve make no key, so nothing can be signed by them.
    return false;
  }
}

/** Lower-case hexadecimal SHA-256. */
export function sha256Hex(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

import { createHash } from 'node:crypto';

const MAGIC = 'SSHSIG';
const KEY_TYPE = 'ssh-ed25519';
const HASH = 'sha512';
/** Keeps a signature made here from being taken for one that was made for another purpose. */
export const SSHSIG_NAMESPACE = 'connected-compute';
const LINE_LENGTH = 70;
const SIGNATURE_BYTES = 64;
const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';

const field = (bytes: Uint8Array | string): Buffer => {
  const content = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
};
const keyBlob = (rawKey: Uint8Array): Buffer => Buffer.concat([field(KEY_TYPE), field(rawKey)]);

/** What an SSH signature over a message signs (OpenSSH's PROTOCOL.sshsig). */
export const sshsigPayload = (message: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(MAGIC),
    field(SSHSIG_NAMESPACE),
    field(''),
    field(HASH),
    field(createHash(HASH).update(message).digest()),
  ]);

/** The armoured file that `ssh-keygen -Y verify` reads, of an Ed25519 signature over `sshsigPayload`. */
export function sshsigFile(rawKey: Uint8Array, signature: Uint8Array): string {
  const version = Buffer.alloc(4);
  version.writeUInt32BE(1);
  const blob = Buffer.concat([
    Buffer.from(MAGIC),
    version,
    field(keyBlob(rawKey)),
    field(SSHSIG_NAMESPACE),
    field(''),
    field(HASH),
    field(Buffer.concat([field(KEY_TYPE), field(signature)])),
  ]);
  const lines = blob.toString('base64').match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return `${[BEGIN, ...lines, END].join('\n')}\n`;
}

/** The signature in a file that has exactly the form of `sshsigFile` for this key, else null. */
export function signatureOfSshsig(file: string, rawKey: Uint8Array): Buffer | null {
  const blob = Buffer.from(file.split('\n').slice(1, -2).join(''), 'base64');
  const signature = blob.subarray(blob.length - SIGNATURE_BYTES);
  return sshsigFile(rawKey, signature) === file ? signature : null;
}

/** The key as `authorized_keys` and `allowed_signers` write it. */
export const sshPublicKey = (rawKey: Uint8Array): string => `${KEY_TYPE} ${keyBlob(rawKey).toString('base64')}`;

/** The fingerprint that `ssh-keygen -lf` shows: over the key's SSH form, so it differs from ours. */
export const sshFingerprint = (rawKey: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(keyBlob(rawKey)).digest('base64').replace(/=+$/, '')}`;

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { platform } from 'node:os';
import { dirname } from 'node:path';

const RAW_KEY_BYTES = 32;

/** Signs the heads of logs. One signature costs about 50 µs, and a checkpoint is due a few times a second at most. */
export interface LogSigner {
  /** 32 raw bytes. */
  publicKey: Uint8Array;
  sign(bytes: Uint8Array): Buffer;
}

/** The plane's Ed25519 key: its identity towards runners, and the log key of its workspaces. */
export interface PlaneKey {
  log: LogSigner;
  /** Base64 of the 32 raw public bytes. */
  publicKeyBase64: string;
  /** `SHA256:` and unpadded base64 of the SHA-256 of the raw public bytes. */
  fingerprint: string;
  /** Signs on a thread of the pool, so that a signature never blocks the plane. */
  sign(bytes: Uint8Array): Promise<Buffer>;
}

/** The fingerprint of raw public bytes, in the one form that is used everywhere. */
export const fingerprintOf = (rawPublicKey: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(rawPublicKey).digest('base64').replace(/=+$/, '')}`;

export function planeKeyFrom(privateKey: KeyObject): PlaneKey {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const raw = der.subarray(der.length - RAW_KEY_BYTES);
  return {
    publicKeyBase64: raw.toString('base64'),
    fingerprint: fingerprintOf(raw),
    log: { publicKey: raw, sign: (bytes) => sign(null, bytes, privateKey) },
    sign: (bytes) =>
      new Promise((resolve, reject) =>
        sign(null, bytes, privateKey, (error, signature) => (error === null ? resolve(signature) : reject(error))),
      ),
  };
}

export const newPrivateKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;

/** Reads the key of a data directory, or makes it: PKCS#8 PEM in a file that only its owner reads. */
export function loadPlaneKey(path: string): { key: PlaneKey; isNew: boolean } {
  const isNew = !existsSync(path);
  if (isNew) replacePlaneKey(path);
  chmodSync(path, 0o600);
  return { key: planeKeyFrom(createPrivateKey(readFileSync(path))), isNew };
}

/** Reads the key of a data directory and changes nothing. @throws the system's error when there is none. */
export const readPlaneKey = (path: string): PlaneKey => planeKeyFrom(createPrivateKey(readFileSync(path)));

/** Puts a new key in the place of the one in the file; the old one is gone. */
export function replacePlaneKey(path: string): PlaneKey {
  const next = `${path}.next`;
  rmSync(next, { force: true });
  const key = newKeyFile(next);
  renameSync(next, path);
  syncFolderOf(path);
  return key;
}

/** Makes a key in a file of its own, on disk with its name when this returns. */
export function newKeyFile(path: string): PlaneKey {
  const privateKey = newPrivateKey();
  const fd = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(fd, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncFolderOf(path);
  return planeKeyFrom(privateKey);
}

function syncFolderOf(path: string): void {
  // Windows cannot open a folder for this; NTFS journals its names by itself.
  if (platform() === 'win32') return;
  const fd = openSync(dirname(path), 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

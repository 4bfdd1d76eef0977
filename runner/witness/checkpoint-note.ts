import { createHash, type KeyObject } from 'node:crypto';
import { publicKeyOf, signMessage, verifyMessage } from '../ed25519.ts';
import type { Head } from './consistency.ts';

/** How the kinds of signature enter a key's id (C2SP signed-note, tlog-cosignature). */
const LOG_KEY_KIND = 0x01;
const WITNESS_KEY_KIND = 0x04;
const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;
const ROOT_BYTES = 32;
const ORIGIN = /^connected-compute\/ws_[0-9A-Za-z]{1,64}$/;

/** A signed head of the plane's log. */
export interface Checkpoint extends Head {
  origin: string;
  /** What is signed. */
  text: string;
}

/** First four bytes of SHA-256 over name, newline, kind and the 32 raw key bytes. */
function keyIdOf(name: string, kind: number, publicKey: string): Buffer {
  const hash = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(kind));
  return hash.update(Buffer.from(publicKey, 'base64')).digest().subarray(0, KEY_ID_BYTES);
}

/** The checkpoint in a note that the plane's key signed under the name of its log; null when it is not that. */
export function openCheckpoint(note: string, planePublicKey: string): Checkpoint | null {
  const end = note.indexOf('\n\n');
  const text = note.slice(0, end + 1);
  const [origin = '', size = '', root = '', ...more] = text.split('\n');
  const rootBytes = Buffer.from(root, 'base64');
  const isForm =
    end > 0 &&
    more.length === 1 &&
    ORIGIN.test(origin) &&
    /^(0|[1-9]\d{0,14})$/.test(size) &&
    rootBytes.length === ROOT_BYTES &&
    rootBytes.toString('base64') === root;
  if (!isForm) return null;
  const keyId = keyIdOf(origin, LOG_KEY_KIND, planePublicKey);
  const isSigned = note
    .slice(end + 2)
    .split('\n')
    .some((line) => {
      if (!line.startsWith(`— ${origin} `)) return false;
      const bytes = Buffer.from(line.slice(`— ${origin} `.length), 'base64');
      const signature = bytes.subarray(KEY_ID_BYTES).toString('base64');
      return bytes.subarray(0, KEY_ID_BYTES).equals(keyId) && verifyMessage(planePublicKey, text, signature);
    });
  return isSigned ? { origin, size: Number(size), root: rootBytes, text } : null;
}

/** A C2SP cosignature line: this runner saw the checkpoint at that time, and it continued all that it had seen. */
export function cosignatureLine(
  { origin, text }: Checkpoint,
  sessionId: string,
  privateKey: KeyObject,
  wallMs: number,
): string {
  const name = `${origin}/${sessionId}`;
  const seconds = Math.floor(wallMs / 1000);
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = signMessage(privateKey, `cosignature/v1\ntime ${seconds}\n${text}`);
  const keyId = keyIdOf(name, WITNESS_KEY_KIND, publicKeyOf(privateKey));
  return `— ${name} ${Buffer.concat([keyId, time, Buffer.from(signature, 'base64')]).toString('base64')}\n`;
}

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { isSignedBy } from './ed25519.ts';

/** What a signature line is made with (C2SP signed-note): it is part of the key id, so kinds never mix. */
export const SIGNATURE_KIND = { ed25519: 0x01, cosignature: 0x04 } as const;
const KEY_ID_BYTES = 4;
/** A verifier has to bear this many; more are refused, so that a note stays small. */
const SIGNATURES_MAX = 100;
const LINE_START = '— ';

/** One signature line: `— <name> <base64 of key id and signature>`. */
export interface NoteSignature {
  name: string;
  /** Four bytes. */
  keyId: Buffer;
  /** 64 bytes for Ed25519, 72 for a cosignature. */
  signature: Buffer;
}
export interface SignedNote {
  /** What is signed: ends with a newline. */
  text: string;
  signatures: NoteSignature[];
}
export interface NoteSigner {
  name: string;
  /** 32 raw bytes. */
  publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

/** The text is no signed note. */
export class NoteError extends Error {
  override name = 'NoteError';
}

/** SHA-256(name ‖ newline ‖ kind ‖ public key), its first four bytes. @param publicKey 32 raw bytes. */
export function keyIdOf(name: string, publicKey: Uint8Array, kind: number = SIGNATURE_KIND.ed25519): Buffer {
  const hash = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(kind)).update(publicKey);
  return hash.digest().subarray(0, KEY_ID_BYTES);
}

/**
 * The note with one Ed25519 signature.
 * @param text ends with a newline, no control characters besides.
 * @throws NoteError when the text or the name cannot stand in a note.
 */
export function signNote(text: string, signer: NoteSigner): string {
  assertText(text);
  const signature = Buffer.from(signer.sign(Buffer.from(text)));
  return formatNote({
    text,
    signatures: [{ name: signer.name, keyId: keyIdOf(signer.name, signer.publicKey), signature }],
  });
}

/** The exact bytes of a note, as text. */
export function formatNote({ text, signatures }: SignedNote): string {
  assertText(text);
  return `${text}\n${signatures.map(formatSignature).join('')}`;
}

/** One signature line with its newline. */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
  assertName(name);
  return `${LINE_START}${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
}

/** @throws NoteError when it is not a note: the text up to the last empty line, then at least one signature line. */
export function parseNote(note: string | Uint8Array): SignedNote {
  if (typeof note !== 'string' && !isUtf8(note)) throw new NoteError('the note is not UTF-8');
  const whole = typeof note === 'string' ? note : Buffer.from(note).toString('utf8');
  const gap = whole.lastIndexOf('\n\n');
  if (gap === -1 || !whole.endsWith('\n')) throw new NoteError('the note has no empty line before its signatures');
  const text = whole.slice(0, gap + 1);
  assertText(text);
  const lines = whole.slice(gap + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) throw new NoteError(`the note has more than ${SIGNATURES_MAX} signatures`);
  return { text, signatures: lines.map(parseSignature) };
}

/** One signature line without its newline. @throws NoteError. */
export function parseSignature(line: string): NoteSignature {
  const [, name, base64] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  if (name === undefined || base64 === undefined) throw new NoteError('a signature line is malformed');
  assertName(name);
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length <= KEY_ID_BYTES || bytes.toString('base64') !== base64)
    throw new NoteError('a signature is not base64 of a key id and more');
  return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

/**
 * Whether the note is signed by that key under that name. Signatures of other keys are passed over; a line that names
 * this key but does not hold makes the answer false.
 * @param publicKey 32 raw bytes.
 */
export function verifyNote(note: SignedNote, name: string, publicKey: Uint8Array): boolean {
  const keyId = keyIdOf(name, publicKey);
  const own = note.signatures.filter((line) => line.name === name && line.keyId.equals(keyId));
  return own.length > 0 && own.every((line) => isSignedBy(publicKey, Buffer.from(note.text), line.signature));
}

function assertText(text: string): void {
  if (!text.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f\ufffd]/.test(text))
    throw new NoteError('the text of a note ends with a newline and holds no other control characters');
}

function assertName(name: string): void {
  if (name === '' || /[\s+]/u.test(name)) throw new NoteError('the name of a key holds no space and no plus');
}

import { hash } from 'node:crypto';

/** Bytes of a SHA-256. */
export const HASH_BYTES = 32;
const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** RFC 6962: the root of a tree without leaves is the SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));

// A one-shot hash wants its input in one piece. The scratch buffers hold the prefix; nothing here is asynchronous.
let leafScratch = Buffer.alloc(8 * 1024, LEAF_PREFIX);
const nodeScratch = Buffer.alloc(1 + 2 * HASH_BYTES, NODE_PREFIX);

/** Hash of a leaf: SHA-256(0x00 ‖ bytes). @param bytes the exact bytes of an entry, without its newline. */
export const leafHash = (bytes: Uint8Array): Buffer => Buffer.from(leafDigest(bytes), 'latin1');

/** The hash of a leaf as a digest, for whoever hashes many. */
export function leafDigest(bytes: Uint8Array): string {
  if (bytes.length >= leafScratch.length) leafScratch = Buffer.alloc(2 * bytes.length, LEAF_PREFIX);
  leafScratch.set(bytes, 1);
  return digestOf(leafScratch.subarray(0, 1 + bytes.length));
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new RangeError('a node joins two SHA-256');
  nodeScratch.set(left, 1);
  nodeScratch.set(right, 1 + HASH_BYTES);
  return sha256(nodeScratch);
}

/** The hash of an inner node as a digest. @param pair the hashes of both children, one behind the other. */
export function pairDigest(pair: Uint8Array): string {
  if (pair.length !== 2 * HASH_BYTES) throw new RangeError('a node joins two SHA-256');
  nodeScratch.set(pair, 1);
  return digestOf(nodeScratch);
}

function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(digestOf(bytes), 'latin1');
}

/** SHA-256, one character for each of its bytes: Node makes a Buffer of it three times as slowly. */
function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'binary');
}

import { hash } from 'node:crypto';

/** `prev` of the first entry, and the head hash of an empty log. */
export const ZERO_HASH = '0'.repeat(64);

/** SHA-256 of bytes, 64 lower-case hexadecimal digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

import { fingerprintOf, verifyMessage } from './ed25519.ts';

/** One key of the plane followed by the next, signed by the one before; keys are base64 of 32 raw bytes. */
export interface Succession {
  before: string;
  public_key: string;
  signature: string;
}
/** The log of the plane itself, which the succession of its keys stands in. */
const PLANE_ORIGIN = 'connected-compute/ws_plane';

/**
 * Follows the keys of a plane from the pinned one, each signed by the one before it.
 * @returns whether that leads to `actual`.
 */
export function isSuccessor(pinned: string, actual: string, succession: unknown): boolean {
  let trusted = pinned;
  for (const step of Array.isArray(succession) ? (succession as Partial<Succession>[]) : []) {
    const { before, public_key: next, signature } = step;
    if (typeof before !== 'string' || typeof next !== 'string' || typeof signature !== 'string') return false;
    if (fingerprintOf(before) !== trusted) continue;
    if (!verifyMessage(before, `connected-compute/key/v1\n${PLANE_ORIGIN}\n${next}`, signature)) return false;
    trusted = fingerprintOf(next);
  }
  return trusted === actual;
}

import { randomBytes, randomInt, randomUUID } from 'node:crypto';

const JITTER_STEPS = 1_000_000;

/** Where chance comes from; injected so that tests decide it. */
export interface Chance {
  /** A number in [0, 1). */
  fraction(): number;
}

export const systemChance: Chance = { fraction: () => randomInt(JITTER_STEPS) / JITTER_STEPS };

/** A key that names one logical request, for the Idempotency-Key header. */
export function newIdempotencyKey(): string {
  return randomUUID();
}

/** base64url of 32 random bytes, the runner's half of hello. */
export function newClientNonce(): string {
  return randomBytes(32).toString('base64url');
}

/** What a WebSocket client shows, so that its server can prove that it read it. */
export function newWebSocketKey(): string {
  return randomBytes(16).toString('base64');
}

/** What one frame of a WebSocket client is masked with. */
export function newFrameMask(): Buffer {
  return randomBytes(4);
}

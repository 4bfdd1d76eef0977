import { isSignedBy, publicKeyOf } from './receipts/ed25519.ts';

/** One key of a plane followed by the next; the one before signed it. Keys are base64 of 32 raw bytes. */
export interface KeySuccession {
  before: string;
  public_key: string;
  /** Base64, by the key before. */
  signature: string;
}

/** What the old key signs: the log that goes on under the new one, and the new key. */
export const successionText = (origin: string, publicKey: string): Buffer =>
  Buffer.from(`connected-compute/key/v1\n${origin}\n${publicKey}`);

/** Whether the key before signed the next one for this log. */
export const isSucceeded = (origin: string, { before, public_key: publicKey, signature }: KeySuccession): boolean =>
  isSignedBy(
    publicKeyOf(Buffer.from(before, 'base64')),
    successionText(origin, publicKey),
    Buffer.from(signature, 'base64'),
  );

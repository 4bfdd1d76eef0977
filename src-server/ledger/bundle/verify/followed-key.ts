import { isSucceeded, type KeySuccession } from '../../key-succession.ts';
import { fingerprintOf } from '../../receipts/ed25519.ts';
import type { Trust } from '../layout.ts';
import type { BundleFiles } from './bundle-files.ts';
import type { JudgedEntry } from './check-trust.ts';

/**
 * What to do for a reader who knows another key than the one that signed the bundle: whether entries of it, each signed by
 * the key before, lead from the one to the other.
 */
export function followedWords(files: BundleFiles, known: string, found: string): string {
  const steps = stepsBetween(files, known, found);
  return steps.length === 0
    ? 'No entry here says that it followed that one: ask the owner of the workspace for the fingerprint, and trust neither until you know.'
    : `It followed that one: ${steps.join(' and ')} ${steps.length === 1 ? 'says' : 'say'} so, signed by the key before. Verify again with --key ${found} if you trust that key.`;
}

/** From the key that signs back to the known one: a rotation that was broken off left a key that signs nothing. */
function stepsBetween(files: BundleFiles, known: string, found: string): string[] {
  const steps: string[] = [];
  let key = found;
  try {
    const { origin } = files.json('trust.json') as Trust;
    for (const name of files.below('entries').reverse())
      for (const { type, body } of (files.json(name) as JudgedEntry).events) {
        const succession = body as unknown as KeySuccession;
        if (type !== 'key.rotated' || key === known || printOf(succession.public_key) !== key) continue;
        if (!isSucceeded(origin, succession)) continue;
        key = printOf(succession.before);
        steps.unshift(name);
      }
  } catch {
    // Nothing of this bundle is verified yet: what cannot be read leads nowhere.
    return [];
  }
  return key === known ? steps : [];
}

const printOf = (publicKey: string): string => fingerprintOf(Buffer.from(publicKey, 'base64'));

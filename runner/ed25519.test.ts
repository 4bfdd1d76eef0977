import { describe, expect, test } from 'vitest';
import { fingerprintOf, newPrivateKeyPem, publicKeyOf, readPrivateKey, signMessage, verifyMessage } from './ed25519.ts';

/** RFC 8032, 7.1, test 2. */
const PUBLIC = Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex').toString(
  'base64',
);
const SIGNATURE = Buffer.from(
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  'hex',
).toString('base64');
const MESSAGE = Buffer.from('72', 'hex');

describe('Ed25519', () => {
  test('verifies the published vector, and nothing near it', () => {
    expect(verifyMessage(PUBLIC, MESSAGE, SIGNATURE)).toBe(true);
    expect(verifyMessage(PUBLIC, Buffer.from('73', 'hex'), SIGNATURE)).toBe(false);
    expect(verifyMessage(PUBLIC, MESSAGE, 'AAAA')).toBe(false);
    expect(verifyMessage('AAAA', MESSAGE, SIGNATURE)).toBe(false);
    expect(verifyMessage('', MESSAGE, '')).toBe(false);
  });

  test('signs with a new key what its public half verifies', () => {
    const key = readPrivateKey(newPrivateKeyPem());
    expect(Buffer.from(publicKeyOf(key), 'base64')).toHaveLength(32);
    expect(verifyMessage(publicKeyOf(key), 'text', signMessage(key, 'text'))).toBe(true);
  });

  test('names a key as ssh does for its bytes: SHA256 and 43 characters', () => {
    expect(fingerprintOf(PUBLIC)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });
});

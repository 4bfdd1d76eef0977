import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import type { PlaneKey } from '../plane/keys.ts';
import { pae, signDsse } from './envelope.ts';

test('what is signed is the pre-authentication encoding of the DSSE specification', () => {
  expect(pae('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
  expect(pae('', Buffer.alloc(0)).toString()).toBe('DSSEv1 0  0 ');
  // Lengths count bytes, not characters.
  expect(pae('ü', Buffer.from('😀')).toString()).toBe('DSSEv1 2 ü 4 😀');
});

test('an envelope carries its payload as it was signed, and names its key', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const fingerprint = `SHA256:${createHash('sha256').update(raw).digest('base64').replace(/=+$/, '')}`;
  const key = { fingerprint, sign: async (bytes: Buffer) => sign(null, bytes, privateKey) } as unknown as PlaneKey;
  const payload = Buffer.from('{"v":1}');
  const dsse = await signDsse(key, 'application/x', payload);
  expect(Buffer.from(dsse.payload, 'base64').equals(payload)).toBe(true);
  const [signature] = dsse.signatures;
  expect(signature?.keyid).toBe(fingerprint);
  const isGood = (bytes: Buffer, type = 'application/x'): boolean =>
    verify(null, pae(type, bytes), publicKey, Buffer.from(signature?.sig ?? '', 'base64'));
  expect(isGood(payload)).toBe(true);
  expect(isGood(Buffer.from('{"v":2}'))).toBe(false);
  expect(isGood(payload, 'application/y')).toBe(false);
});

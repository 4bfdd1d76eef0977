import { describe, expect, test } from 'vitest';
import { openDsse, preAuthEncoding, signDsse } from './dsse.ts';
import { newPrivateKeyPem, publicKeyOf, readPrivateKey } from './ed25519.ts';

const key = readPrivateKey(newPrivateKeyPem());
const envelope = signDsse(key, 'a/b', Buffer.from('{"x":1}'));

describe('DSSE', () => {
  test('encodes what is signed as the protocol example does', () => {
    expect(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  test('opens for the key that signed it', () => {
    expect(openDsse(envelope, 'a/b', publicKeyOf(key))?.toString()).toBe('{"x":1}');
  });

  test('stays closed for another type, key, payload, or without signatures', () => {
    const other = publicKeyOf(readPrivateKey(newPrivateKeyPem()));
    const payload = Buffer.from('{"x":2}').toString('base64');
    expect(openDsse(envelope, 'a/c', publicKeyOf(key))).toBeNull();
    expect(openDsse({ ...envelope, payloadType: 'a/c' }, 'a/c', publicKeyOf(key))).toBeNull();
    expect(openDsse(envelope, 'a/b', other)).toBeNull();
    expect(openDsse({ ...envelope, payload }, 'a/b', publicKeyOf(key))).toBeNull();
    expect(openDsse({ ...envelope, signatures: [] }, 'a/b', publicKeyOf(key))).toBeNull();
  });
});

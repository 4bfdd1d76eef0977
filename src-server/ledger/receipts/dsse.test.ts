import { generateKeyPairSync, sign } from 'node:crypto';
import { dsse as oracle } from '@sigstore/core';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { envelopeBytes, openEnvelope, openEnvelopeAsync, preAuthEncoding, strictBase64 } from './dsse.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519').publicKey;
const envelopeOf = (payload: Buffer, payloadType = 'application/x') => ({
  payloadType,
  payload: payload.toString('base64'),
  signatures: [
    { keyid: 'a hint', sig: sign(null, preAuthEncoding(payloadType, payload), privateKey).toString('base64') },
  ],
});

describe('DSSE', () => {
  test('what is signed is the pre-authentication encoding of its specification', () => {
    expect(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    expect(preAuthEncoding('', Buffer.alloc(0)).toString()).toBe('DSSEv1 0  0 ');
    // Lengths count bytes, not characters.
    expect(preAuthEncoding('ü', Buffer.from('😀')).toString()).toBe('DSSEv1 2 ü 4 😀');
  });

  test('is what an independent library signs', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)) }),
        fc.uint8Array(),
        (type, payload) => {
          expect(preAuthEncoding(type, payload).equals(oracle.preAuthEncoding(type, Buffer.from(payload)))).toBe(true);
        },
      ),
    );
  });

  test('opens for its key, its type and its bytes alone', async () => {
    const payload = Buffer.from('{"v":1}');
    const envelope = envelopeOf(payload);
    expect(openEnvelope(envelope, 'application/x', publicKey)?.equals(payload)).toBe(true);
    expect((await openEnvelopeAsync(envelope, 'application/x', publicKey))?.equals(payload)).toBe(true);
    const wrong = [
      openEnvelope(envelope, 'application/y', publicKey),
      openEnvelope({ ...envelope, payloadType: 'application/y' }, 'application/y', publicKey),
      openEnvelope({ ...envelope, payload: Buffer.from('{"v":2}').toString('base64') }, 'application/x', publicKey),
      openEnvelope({ ...envelope, payload: `${envelope.payload}=` }, 'application/x', publicKey),
      openEnvelope(envelope, 'application/x', other),
      openEnvelope(envelope, 'application/x', null),
      openEnvelope({ ...envelope, signatures: [{ sig: 'AAAA' }] }, 'application/x', publicKey),
    ];
    expect(wrong).toEqual(wrong.map(() => null));
    expect(await openEnvelopeAsync(envelope, 'application/x', other)).toBeNull();
  });

  test('is kept as canonical JSON, whatever order its members came in', () => {
    const { signatures, payloadType, payload } = envelopeOf(Buffer.from('{"ü":"\u2028"}'));
    const [signature] = signatures;
    for (const envelope of [
      { signatures: [{ sig: signature?.sig ?? '', keyid: 'é' }], payload, payloadType },
      { payloadType, payload, signatures: [{ sig: signature?.sig ?? '' }] },
    ])
      expect(envelopeBytes(envelope).toString()).toBe(canonicalize(envelope));
  });

  test('reads no base64 that another decoder would read otherwise', () => {
    expect(strictBase64('AQI=')?.length).toBe(2);
    for (const text of ['AQI', 'AQJ=', 'AQ I=', 'AQI=\n', '_w==']) expect(strictBase64(text)).toBeNull();
  });
});

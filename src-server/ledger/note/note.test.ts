import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCheckpoint, originOf, parseCheckpoint } from './checkpoint.ts';
import { cosign, cosignaturesOf, cosignedBytes, verifyCosignature, witnessName } from './cosignature.ts';
import { isSignedBy } from './ed25519.ts';
import { formatNote, keyIdOf, NoteError, type NoteSigner, parseNote, signNote, verifyNote } from './signed-note.ts';

const rawOf = (spki: Buffer): Buffer => spki.subarray(spki.length - 32);
const signerOf = (name: string): NoteSigner => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = rawOf(publicKey.export({ format: 'der', type: 'spki' }));
  return { name, publicKey: raw, sign: (bytes) => sign(null, bytes, privateKey) };
};

describe('a note', () => {
  /** The example of the format's first implementation, golang.org/x/mod/sumdb/note. */
  const PUBLISHED =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  const [, PUBLISHED_ID, PUBLISHED_KEY] = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'.split(
    /\+(.{8})\+/,
  );
  const publishedKey = Buffer.from(PUBLISHED_KEY!, 'base64').subarray(1);

  test('the published one is read, its key id made, its signature found good', () => {
    const note = parseNote(PUBLISHED);
    expect(keyIdOf('PeterNeumann', publishedKey).toString('hex')).toBe(PUBLISHED_ID);
    expect(verifyNote(note, 'PeterNeumann', publishedKey)).toBe(true);
    expect(formatNote(note)).toBe(PUBLISHED);
    expect(verifyNote(parseNote(PUBLISHED.replace('answer', 'Answer')), 'PeterNeumann', publishedKey)).toBe(false);
    expect(verifyNote(note, 'EnochRoot', publishedKey)).toBe(false);
  });

  test('what was signed verifies, here and with another implementation of Ed25519', () => {
    const signer = signerOf('connected-compute/ws_1');
    const text = 'one\n\ntwo\n';
    const note = parseNote(Buffer.from(signNote(text, signer)));
    expect(note.text).toBe(text);
    expect(verifyNote(note, signer.name, signer.publicKey)).toBe(true);
    expect(ed25519.verify(note.signatures[0]!.signature, Buffer.from(text), signer.publicKey)).toBe(true);
  });

  test('a line of this key that does not hold spoils the note, lines of others do not', () => {
    const signer = signerOf('log');
    const note = parseNote(signNote('text\n', signer));
    const foreign = parseNote(signNote('another\n', signerOf('log'))).signatures;
    const wrong = parseNote(signNote('another\n', signer)).signatures;
    expect(verifyNote({ ...note, signatures: [...note.signatures, ...foreign] }, 'log', signer.publicKey)).toBe(true);
    expect(verifyNote({ ...note, signatures: [...note.signatures, ...wrong] }, 'log', signer.publicKey)).toBe(false);
    expect(verifyNote({ ...note, signatures: foreign }, 'log', signer.publicKey)).toBe(false);
  });

  test.each([
    ['no empty line', 'text\n— log AAAAAAA=\n'],
    ['no signature', 'text\n\n'],
    ['no newline at the end', 'text\n\n— log AAAAAAA='],
    ['a plain dash', 'text\n\n- log AAAAAAA=\n'],
    ['base64 that is not canonical', 'text\n\n— log AAAAAAB=\n'],
    ['nothing behind the key id', 'text\n\n— log AAAAAA==\n'],
    ['a plus in the name', 'text\n\n— l+g AAAAAAA=\n'],
    ['a tab in the text', 'te\txt\n\n— log AAAAAAA=\n'],
    ['a third word', 'text\n\n— log AAAAAAA= more\n'],
  ])('%s is refused', (_, note) => {
    expect(() => parseNote(note)).toThrow(NoteError);
  });
  test('bytes that are not UTF-8 are refused', () => {
    expect(() => parseNote(Buffer.from('74657874ff0a0ae28094206c6f6720414141414141413d0a', 'hex'))).toThrow(NoteError);
  });
});

describe('a checkpoint', () => {
  test('is origin, size and root', () => {
    const checkpoint = {
      origin: originOf('ws_1'),
      size: 20_852_163,
      root: Buffer.from('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=', 'base64'),
    };
    const text = 'connected-compute/ws_1\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
    expect(formatCheckpoint(checkpoint)).toBe(text);
    expect(parseCheckpoint(text)).toEqual(checkpoint);
  });
  test('the published example is read, with its cosignature told apart', () => {
    const note = parseNote(
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n',
    );
    expect(parseCheckpoint(note.text).size).toBe(20_852_163);
    expect(cosignaturesOf(note).map(({ name, signature }) => [name, signature.readBigUInt64BE(0)])).toEqual([
      ['witness.example.com/w1', 1_679_315_147n],
    ]);
  });
  test.each([
    ['a leading zero', 'o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a size past what is safe', 'o\n9007199254740993\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a short root', 'o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n'],
    ['an extension line', 'o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore\n'],
    ['no origin', '\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
  ])('%s is refused', (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(NoteError);
  });
});

describe('a cosignature', () => {
  const witness = signerOf(witnessName('ws_1', 'ses_1'));
  const text = formatCheckpoint({ origin: originOf('ws_1'), size: 3, root: Buffer.alloc(32, 7) });

  test('states a time, and holds for this text, this name and this key only', () => {
    const line = cosign(text, 1_700_000_000, witness);
    expect(verifyCosignature(text, line, witness.name, witness.publicKey)).toBe(1_700_000_000);
    expect(verifyCosignature(text.replace('3', '4'), line, witness.name, witness.publicKey)).toBeNull();
    expect(verifyCosignature(text, line, 'another', witness.publicKey)).toBeNull();
    expect(verifyCosignature(text, line, witness.name, signerOf('x').publicKey)).toBeNull();
    expect(verifyCosignature(text, 'nonsense', witness.name, witness.publicKey)).toBeNull();
  });
  test('signs what the format says, checked with another implementation', () => {
    const note = parseNote(`${text}\n${cosign(text, 1_700_000_000, witness)}`);
    const { signature } = note.signatures[0]!;
    expect(cosignedBytes(text, 5).toString()).toBe(`cosignature/v1\ntime 5\n${text}`);
    expect(ed25519.verify(signature.subarray(8), cosignedBytes(text, 1_700_000_000), witness.publicKey)).toBe(true);
  });
  test('every bit counts', () => {
    const line = parseNote(`${text}\n${cosign(text, 1_700_000_000, witness)}`).signatures[0]!;
    fc.assert(
      fc.property(fc.nat(71), fc.nat(7), (byte, bit) => {
        const signature = Buffer.from(line.signature);
        signature[byte]! ^= 1 << bit;
        return verifyCosignature(text, { ...line, signature }, witness.name, witness.publicKey) === null;
      }),
    );
  });
});

test('Ed25519 as another implementation makes it is found good, and its changes are not', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ maxLength: 200 }),
      (secret, message) => {
        const publicKey = ed25519.getPublicKey(secret);
        const signature = ed25519.sign(message, secret);
        const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]);
        const ours = sign(null, message, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
        return (
          ours.equals(signature) &&
          isSignedBy(publicKey, message, signature) &&
          !isSignedBy(publicKey, Buffer.concat([message, Buffer.of(0)]), signature) &&
          !isSignedBy(publicKey.subarray(1), message, signature)
        );
      },
    ),
    { numRuns: 15 },
  );
});

import { expect, test } from 'vitest';
import { encodeFrame, FrameReader, OPCODE } from './web-socket-frames.ts';

const MASK = Buffer.from([1, 2, 3, 4]);

test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])(
  'carries %i bytes, masked or not, in pieces of any size',
  (size) => {
    const payload = Buffer.alloc(size, 'abc');
    for (const mask of [null, MASK]) {
      const bytes = Buffer.concat([encodeFrame(OPCODE.binary, payload, mask), encodeFrame(OPCODE.ping, payload, mask)]);
      for (const step of [1_009, bytes.length]) {
        const reader = new FrameReader();
        const found = [];
        for (let at = 0; at < bytes.length; at += step) found.push(...reader.take(bytes.subarray(at, at + step)));
        expect(found.map(({ opcode, payload: each }) => [opcode, each.equals(payload)])).toEqual([
          [OPCODE.binary, true],
          [OPCODE.ping, true],
        ]);
      }
    }
  },
);

test('is the form of RFC 6455, byte by byte', () => {
  expect(encodeFrame(OPCODE.text, Buffer.from('Hello'), null).toString('hex')).toBe('810548656c6c6f');
  const masked = encodeFrame(OPCODE.text, Buffer.from('Hello'), Buffer.from('37fa213d', 'hex'));
  expect(masked.toString('hex')).toBe('818537fa213d7f9f4d5158');
});

test('joins a message in parts, with a control frame between them', () => {
  const parts = ['01034865 6c', '8900', '80026c6f'].map((hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  const found = new FrameReader().take(Buffer.concat(parts));
  expect(found.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
    [OPCODE.ping, ''],
    [OPCODE.text, 'Hello'],
  ]);
});

test.each([
  ['reserved bits', 'c100'],
  ['a part of nothing', '8000'],
  ['a length beyond all measure', '82ff0000010000000000'],
])('refuses %s', (_what, hex) => {
  expect(() => new FrameReader().take(Buffer.from(hex, 'hex'))).toThrow(/^The cluster /);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { realFileOps } from './file-ops.ts';
import { splitLines } from './line-splitter.ts';

/** A file in memory that hands out at most `atOnce` bytes per read. */
const opsOf = (file: Buffer, atOnce: number) => ({
  ...realFileOps,
  read: (_fd: number, target: Uint8Array, offset: number, length: number, position: number) =>
    file.copy(target, offset, position, Math.min(file.length, position + Math.min(length, atOnce))),
});

test('a line that passes by holds its own bytes until the next but one is taken', () => {
  const lengths = fc.array(fc.oneof(fc.nat(12), fc.nat(400)), { maxLength: 60 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 300 }), fc.boolean(), (sizes, atOnce, isTorn) => {
      const texts = sizes.map((size, n) => String.fromCharCode(97 + (n % 26)).repeat(size));
      const file = Buffer.from(texts.map((text) => `${text}\n`).join('') + (isTorn ? 'torn' : ''));
      const found: string[] = [];
      let kept: Buffer | null = null;
      for (const { line, isTerminated, offset } of splitLines(opsOf(file, atOnce), 0, 0, file.length, true)) {
        // The one before is read only now, when another has been taken.
        if (kept !== null) found.push(kept.toString());
        expect(file.subarray(offset, offset + line.length)).toEqual(line);
        kept = isTerminated ? line : null;
        if (!isTerminated) expect(line.toString()).toBe('torn');
      }
      if (kept !== null) found.push(kept.toString());
      expect(found).toEqual(texts);
    }),
  );
});

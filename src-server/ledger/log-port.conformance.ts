import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyChain } from './chain.ts';
import { sha256Hex, ZERO_HASH } from './hashing.ts';
import type { LogPort } from './log-port.ts';
import { chainOf } from './testing/ledger-test-kit.ts';

export interface EngineUnderTest {
  /** A fresh, empty log. */
  open(): Promise<LogPort>;
  /** Closes the log and opens the same one again. */
  reopen(log: LogPort): Promise<LogPort>;
}

const linesOf = (log: LogPort, from = 0, to?: number) =>
  [...log.read(from, to)].map(({ line }) => line.toString('utf8'));
const texts = (lines: readonly Buffer[]) => lines.map((line) => line.toString('utf8'));

/** What every engine of the log port promises. Registers vitest tests. */
export function describeLogPort(name: string, engine: EngineUnderTest): void {
  describe(`log port: ${name}`, () => {
    it('begins empty with a head of zeros', async () => {
      const log = await engine.open();
      expect([log.nextSeq, log.headHash, linesOf(log)]).toEqual([0, ZERO_HASH, []]);
      await log.append(0, []);
      expect(log.nextSeq).toBe(0);
      await log.close();
    });

    it('gives back the exact bytes, by range and one by one', async () => {
      const log = await engine.open();
      const lines = chainOf(20);
      await log.append(0, lines.slice(0, 7));
      await log.append(7, lines.slice(7));
      expect(log.nextSeq).toBe(20);
      expect(linesOf(log)).toEqual(texts(lines));
      expect(linesOf(log, 5, 9)).toEqual(texts(lines.slice(5, 9)));
      expect([...log.read(18, 99)].map(({ seq }) => seq)).toEqual([18, 19]);
      expect(linesOf(log, 20)).toEqual([]);
      for (const seq of [19, 0, 6, 7]) expect(log.get(seq).equals(lines[seq]!)).toBe(true);
      expect(log.headHash).toBe(sha256Hex(lines[19]!));
      for (const seq of [-1, 20, 1.5]) expect(() => log.get(seq)).toThrow(RangeError);
      await log.close();
    });

    it('refuses another expected seq and writes nothing then', async () => {
      const log = await engine.open();
      const lines = chainOf(4);
      await log.append(0, lines.slice(0, 2));
      for (const seq of [0, 1, 3]) {
        await expect(log.append(seq, [lines[2]!])).rejects.toMatchObject({ code: 'conflict.expected_seq' });
      }
      await log.append(2, lines.slice(2));
      expect(linesOf(log)).toEqual(texts(lines));
      await log.close();
    });

    it('refuses a second append while one is in flight', async () => {
      const log = await engine.open();
      const lines = chainOf(2);
      const first = log.append(0, [lines[0]!]);
      if (log.nextSeq === 0) await expect(log.append(0, [lines[1]!])).rejects.toThrow('in flight');
      await first;
      await log.close();
    });

    it('keeps everything over a reopen, and the chain holds', async () => {
      let log = await engine.open();
      const lines = chainOf(30, { batchSize: 3 });
      for (let seq = 0; seq < 30; seq += 3) await log.append(seq, lines.slice(seq, seq + 3));
      const head = log.headHash;
      log = await engine.reopen(log);
      expect([log.nextSeq, log.headHash]).toEqual([30, head]);
      expect(verifyChain(log.read(0))).toEqual({ nextSeq: 30, headHash: head, fault: null });
      const more = chainOf(5, { from: 30, prev: head });
      await log.append(30, more);
      log = await engine.reopen(log);
      expect(linesOf(log)).toEqual(texts([...lines, ...more]));
      await log.close();
    });

    it('holds for any split into batches, with reopens in between', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ size: fc.integer({ min: 1, max: 9 }), reopen: fc.boolean() }), { maxLength: 8 }),
          async (steps) => {
            let log = await engine.open();
            const expected: Buffer[] = [];
            for (const { size, reopen } of steps) {
              const lines = chainOf(size, { from: log.nextSeq, prev: log.headHash, batchSize: size });
              await log.append(log.nextSeq, lines);
              expected.push(...lines);
              if (reopen) log = await engine.reopen(log);
            }
            expect(linesOf(log)).toEqual(texts(expected));
            expect(expected.every((line, seq) => log.get(seq).equals(line))).toBe(true);
            await log.close();
          },
        ),
        { numRuns: 25 },
      );
    });
  });
}

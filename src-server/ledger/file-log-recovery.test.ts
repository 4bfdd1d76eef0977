import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex, ZERO_HASH } from './hashing.ts';
import { type OpenFileLogOptions, openFileLog } from './open-file-log.ts';
import { segmentName } from './segment-store.ts';
import { chainOf, FaultyOps, tempDirectory } from './testing/ledger-test-kit.ts';

const nowMs = () => 0;
let temp: ReturnType<typeof tempDirectory>;
let directory: string;
beforeEach(() => {
  temp = tempDirectory();
  directory = `${temp.path}/log`;
  mkdirSync(directory);
});
afterEach(() => temp.remove());

const open = (over: Partial<OpenFileLogOptions> = {}) => openFileLog({ directory, nowMs, ...over });
const file = (firstSeq = 0) => `${directory}/${segmentName(firstSeq)}`;
const join = (lines: readonly Buffer[]) => Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
const snapshotOf = () =>
  readdirSync(directory)
    .sort()
    .map((name) => [name, sha256Hex(readFileSync(`${directory}/${name}`))]);
/** Entries whose last newline stands at or before `size`. */
const wholeLines = (lines: readonly Buffer[], size: number) => {
  let end = 0;
  let count = 0;
  for (const line of lines) {
    end += line.length + 1;
    if (end > size) break;
    count++;
  }
  return count;
};
async function expectEntries(
  log: { read(from: number): Iterable<{ line: Buffer }>; nextSeq: number },
  lines: readonly Buffer[],
) {
  expect(log.nextSeq).toBe(lines.length);
  expect([...log.read(0)].every(({ line }, seq) => line.equals(lines[seq]!))).toBe(true);
}

describe('torn tail', () => {
  it('is cut exactly at each of 200 offsets near the end, kept aside and reported', async () => {
    const lines = chainOf(40, { batchSize: 4 });
    const whole = join(lines);
    for (let i = 0; i < 200; i++) {
      const size = whole.length - i * 7;
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
      writeFileSync(file(), whole.subarray(0, size));
      const told: Buffer[] = [];
      const { log, cut } = await open({ onVerified: (_seq, line) => told.push(Buffer.from(line)) });
      const kept = wholeLines(lines, size);
      expect(Buffer.concat(told).equals(Buffer.concat(lines.slice(0, kept)))).toBe(true);
      await expectEntries(log, lines.slice(0, kept));
      const rest = size - join(lines.slice(0, kept)).length;
      expect(cut).toEqual(rest === 0 ? null : { cut_bytes: rest, cut_lines: 1 });
      if (rest > 0)
        expect(readFileSync(`${directory}/cut-${kept}-1.bin`).equals(whole.subarray(size - rest, size))).toBe(true);
      expect(readFileSync(file()).length).toBe(size - rest);
      // What comes next stands where the torn bytes stood.
      await log.append(kept, chainOf(1, { from: kept, prev: log.headHash }));
      await log.close();
      const again = await open();
      expect([again.log.nextSeq, again.cut]).toEqual([kept + 1, null]);
      await again.log.close();
    }
  });

  it('is found for any lost pages of the last batch, whatever stands in them', async () => {
    const before = chainOf(5, { batchSize: 5 });
    const headHash = sha256Hex(before.at(-1)!);
    const last = chainOf(60, { from: 5, prev: headHash, batchSize: 60 });
    const start = join(before).length;
    const image = join([...before, ...last]);
    const pages = Math.ceil((image.length - start) / 512);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(pages - 1), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(0, 0xff, 0x0a),
        async (lost, fill) => {
          const torn = Buffer.from(image);
          for (const page of lost) torn.fill(fill, start + page * 512, Math.min(torn.length, start + (page + 1) * 512));
          writeFileSync(file(), torn);
          const { log, cut } = await open();
          expect(cut).not.toBeNull();
          expect(log.nextSeq).toBeGreaterThanOrEqual(5);
          const firstLost = start + Math.min(...lost) * 512;
          expect(log.nextSeq).toBeLessThanOrEqual(wholeLines([...before, ...last], firstLost) + 1);
          await expectEntries(log, [...before, ...last].slice(0, log.nextSeq));
          await log.close();
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is a flipped byte in the last batch', async () => {
    const lines = chainOf(12, { batchSize: 4 });
    const bytes = join(lines);
    const at = bytes.length - lines[11]!.length - lines[10]!.length + 300;
    bytes[at]! ^= 1;
    writeFileSync(file(), bytes);
    const { log, cut } = await open();
    expect(cut).toEqual({ cut_bytes: lines[10]!.length + lines[11]!.length + 2, cut_lines: 2 });
    await expectEntries(log, lines.slice(0, 10));
    await log.close();
  });

  it('may be the whole of a new segment, also an empty one', async () => {
    const lines = chainOf(4, { batchSize: 2 });
    writeFileSync(file(), join(lines.slice(0, 2)));
    for (const content of [Buffer.alloc(300), Buffer.alloc(0)]) {
      writeFileSync(file(2), content);
      const { log } = await open({ verifiedFrom: 2, verifiedHash: sha256Hex(lines[1]!) });
      expect([log.nextSeq, log.headHash]).toEqual([2, sha256Hex(lines[1]!)]);
      await log.append(2, lines.slice(2));
      await log.close();
      expect(readFileSync(file(2)).equals(join(lines.slice(2)))).toBe(true);
    }
  });

  it('is not cut while there is no room to keep it aside', async () => {
    writeFileSync(file(), `${chainOf(1).join('\n')}\n{"v":1`);
    const ops = new FaultyOps();
    ops.writeFaults = [
      { limit: 3, code: null },
      { limit: 0, code: 'ENOSPC' },
    ];
    const before = snapshotOf();
    await expect(open({ ops })).rejects.toMatchObject({ code: 'storage.full' });
    expect(snapshotOf()).toEqual(before);
    const { log, cut } = await open({ ops });
    expect([log.nextSeq, cut]).toEqual([1, { cut_bytes: 6, cut_lines: 1 }]);
    await log.close();
  });
});

describe('damage', () => {
  it('is named for a flipped byte anywhere before the last batch, and nothing is changed', async () => {
    const lines = chainOf(30, { batchSize: 3 });
    const whole = join(lines);
    const lastBatch = join(lines.slice(0, 27)).length;
    await fc.assert(
      fc.asyncProperty(fc.nat(lastBatch - 1), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << bit;
        writeFileSync(file(), bytes);
        const before = snapshotOf();
        const seq = wholeLines(lines, at);
        const error = (await open().then(
          ({ log }) => log.close(),
          (e: unknown) => e,
        )) as { code: string; seq: number };
        // A digit of the version that became larger cannot be told from an entry of a newer version.
        if (error.code !== 'schema.newer') expect(error).toMatchObject({ code: 'ledger.damaged', seq });
        expect(snapshotOf()).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  it('is an entry before the last one whose hash does not fit, even if the last batch holds one entry', async () => {
    const lines = chainOf(5);
    const forged = Buffer.from(lines[3]!.toString().replace('xxx', 'yyy'));
    writeFileSync(file(), join([...lines.slice(0, 3), forged, lines[4]!]));
    await expect(open()).rejects.toMatchObject({ code: 'ledger.damaged', seq: 3 });
  });

  it('is a missing, an overlapping or a shortened segment', async () => {
    const lines = chainOf(6, { batchSize: 2 });
    for (const [first, second, third, seq] of [
      [null, [2, 4], [4, 6], 0],
      [[0, 2], null, [4, 6], 2],
      [[0, 1], [2, 4], [4, 6], 1],
      [[0, 2], [2, 3], [4, 6], 3],
      [[0, 3], [2, 4], [4, 6], 1],
    ] as const) {
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
      if (first) writeFileSync(file(0), join(lines.slice(...first)));
      if (second) writeFileSync(file(2), join(lines.slice(...second)));
      if (third) writeFileSync(file(4), join(lines.slice(...third)));
      for (const verifiedFrom of [0, 4, 6])
        await expect(open({ verifiedFrom })).rejects.toMatchObject({ code: 'ledger.damaged', seq });
    }
  });

  it('can be read around in a read-only open, which changes nothing', async () => {
    const lines = chainOf(9, { batchSize: 3 });
    const bytes = join(lines);
    bytes[join(lines.slice(0, 2)).length + 12] = 0;
    writeFileSync(file(), Buffer.concat([bytes, Buffer.from('{"v":1,"se')]));
    const before = snapshotOf();
    const { log } = await open({ mode: 'read_only' });
    expect(log.damage).toMatchObject({ code: 'ledger.damaged', seq: 2 });
    expect([log.nextSeq, log.get(1).equals(lines[1]!), log.get(8).equals(lines[8]!)]).toEqual([9, true, true]);
    expect(() => log.get(2)).toThrow(expect.objectContaining({ code: 'ledger.damaged', seq: 2 }));
    expect([...log.read(3)]).toHaveLength(6);
    await expect(log.append(9, chainOf(1))).rejects.toThrow('not open for writing');
    await log.close();
    expect(snapshotOf()).toEqual(before);
  });
});

describe('what the directory is compared with', () => {
  it('is a rolled-back copy when it ends below the snapshot or the anchor', async () => {
    const lines = chainOf(6);
    writeFileSync(file(), join(lines));
    const rolledBack = { code: 'ledger.rolled_back', nextSeq: 6, atLeastSeq: 7 };
    await expect(open({ verifiedFrom: 7 })).rejects.toMatchObject(rolledBack);
    await expect(open({ atLeastSeq: 7 })).rejects.toMatchObject(rolledBack);
    // Also when the rest of it looks torn: then nothing is cut.
    truncateSync(file(), join(lines).length - 5);
    const before = snapshotOf();
    await expect(open({ atLeastSeq: 6 })).rejects.toMatchObject({ code: 'ledger.rolled_back', nextSeq: 5 });
    expect(snapshotOf()).toEqual(before);
    rmSync(directory, { recursive: true });
    await expect(open({ atLeastSeq: 1 })).rejects.toMatchObject({ code: 'ledger.rolled_back', nextSeq: 0 });
  });

  it('must hold the entry that the snapshot was taken at', async () => {
    const lines = chainOf(6);
    writeFileSync(file(), join(lines));
    const { log } = await open({ verifiedFrom: 4, verifiedHash: sha256Hex(lines[3]!) });
    await log.close();
    await expect(open({ verifiedFrom: 4, verifiedHash: ZERO_HASH })).rejects.toMatchObject({
      code: 'ledger.damaged',
      seq: 3,
    });
  });

  it('is left untouched when an entry is of a newer version', async () => {
    const lines = chainOf(3);
    writeFileSync(file(), `${join(lines)}{"v":2,"new":"form"}\n{"v":2,"to`);
    const before = snapshotOf();
    await expect(open()).rejects.toMatchObject({ code: 'schema.newer', seq: 3 });
    await expect(open({ mode: 'read_only' })).rejects.toMatchObject({ code: 'schema.newer' });
    expect(snapshotOf()).toEqual(before);
  });
});

describe('older log', () => {
  const lines = chainOf(3_000, { batchSize: 50 });
  /** 6 segments of 500 entries. */
  const writeSegments = () => {
    for (let seq = 0; seq < 3_000; seq += 500) writeFileSync(file(seq), join(lines.slice(seq, seq + 500)));
  };
  /** A clock on which every look costs 1 ms. */
  const tickingClock = () => {
    let now = 0;
    return () => now++;
  };

  it('is verified newest first, within the budget at the open and in slices afterwards', async () => {
    writeSegments();
    const { log } = await open({ verifiedFrom: 2_600, nowMs: tickingClock(), olderBudgetMs: 3 });
    const seen = [log.verifiedFrom];
    while (!log.verifyOlder(1)) if (seen.at(-1) !== log.verifiedFrom) seen.push(log.verifiedFrom);
    expect(seen[0]).toBe(2_000);
    expect([...seen, log.verifiedFrom]).toEqual([2_000, 1_500, 1_000, 500, 0]);
    expect(log.damage).toBeNull();
    for (const seq of [0, 499, 500, 1_234, 2_999]) expect(log.get(seq).equals(lines[seq]!)).toBe(true);
    await log.close();
  });

  it.each([
    ['inside a segment', 1_234],
    ['in the last entry of a segment', 1_499],
    ['in the first entry of a segment', 1_500],
    ['in the first entry of all', 0],
  ])('reports damage %s', async (_, seq) => {
    writeSegments();
    const first = seq - (seq % 500);
    const bytes = readFileSync(file(first));
    const at = join(lines.slice(first, seq)).length + 400;
    bytes[at]! ^= 2;
    writeFileSync(file(first), bytes);
    const found: unknown[] = [];
    const { log } = await open({ verifiedFrom: 3_000, olderBudgetMs: 0, onDamage: (damage) => found.push(damage) });
    while (!log.verifyOlder(1)) expect(found).toEqual([]);
    expect(found).toEqual([expect.objectContaining({ code: 'ledger.damaged', seq })]);
    expect(log.damage).toBe(found[0]);
    await log.close();
    await expect(open({ verifiedFrom: 3_000, olderBudgetMs: 2_000 })).rejects.toMatchObject({
      code: 'ledger.damaged',
      seq,
    });
  });

  it('opens a copy of the directory as it opens the directory', async () => {
    writeSegments();
    cpSync(directory, `${temp.path}/copy`, { recursive: true });
    const { log } = await open({ directory: `${temp.path}/copy` });
    await expectEntries(log, lines);
    await log.close();
  });
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeLogPort } from './log-port.conformance.ts';
import { openFileLog } from './open-file-log.ts';
import { chainOf, FaultyOps, tempDirectory } from './testing/ledger-test-kit.ts';

const nowMs = () => 0;
const root = tempDirectory();
afterAll(() => root.remove());
let made = 0;
/** Small segments, so that the suite crosses their borders all the time. */
const openSmall = async (directory: string) => (await openFileLog({ directory, nowMs, segmentLimitBytes: 3_000 })).log;
const directories = new WeakMap<object, string>();
describeLogPort('file', {
  async open() {
    const directory = `${root.path}/${made++}/log`;
    const log = await openSmall(directory);
    directories.set(log, directory);
    return log;
  },
  async reopen(log) {
    const directory = directories.get(log)!;
    await log.close();
    const again = await openSmall(directory);
    directories.set(again, directory);
    return again;
  },
});

describe('file log', () => {
  let temp: ReturnType<typeof tempDirectory>;
  let directory: string;
  beforeEach(() => {
    temp = tempDirectory();
    directory = `${temp.path}/data/log`;
  });
  afterEach(() => temp.remove());
  const newestBytes = () => readFileSync(`${directory}/${readdirSync(directory).sort().at(-1)}`);

  it('rolls by size, never inside a batch, and syncs the directory before the first byte', async () => {
    const ops = new FaultyOps();
    const { log } = await openFileLog({ directory, nowMs, ops, segmentLimitBytes: 2_500 });
    const lines = chainOf(10, { batchSize: 2 });
    ops.calls.length = 0;
    for (let seq = 0; seq < 10; seq += 2) await log.append(seq, lines.slice(seq, seq + 2));
    expect(readdirSync(directory)).toEqual(['000000000000.jsonl', '000000000004.jsonl', '000000000008.jsonl']);
    expect(ops.calls.slice(0, 8)).toEqual([
      'syncDirectory',
      'write',
      'dataSync',
      'dataSync done',
      'write',
      'dataSync',
      'dataSync done',
      'syncDirectory',
    ]);
    expect(readFileSync(`${directory}/000000000004.jsonl`, 'utf8')).toBe(`${lines.slice(4, 8).join('\n')}\n`);
    await log.close();
  });

  it('goes on after short writes', async () => {
    const ops = new FaultyOps();
    const { log } = await openFileLog({ directory, nowMs, ops });
    const lines = chainOf(4);
    ops.writeFaults = [1, 100, 700].map((limit) => ({ limit, code: null }));
    await log.append(0, lines);
    expect(newestBytes().toString()).toBe(`${lines.join('\n')}\n`);
    await log.close();
  });

  it.each(['ENOSPC', 'EDQUOT'])('takes a part back on %s, and goes on when there is space', async (code) => {
    const ops = new FaultyOps();
    const { log } = await openFileLog({ directory, nowMs, ops });
    const lines = chainOf(6, { batchSize: 3 });
    await log.append(0, lines.slice(0, 3));
    const size = newestBytes().length;
    for (const part of [0, 1, 900]) {
      ops.writeFaults = [...(part > 0 ? [{ limit: part, code: null }] : []), { limit: 0, code }];
      ops.calls.length = 0;
      await expect(log.append(3, lines.slice(3))).rejects.toMatchObject({ code: 'storage.full' });
      expect(ops.calls.slice(-3)).toEqual(['truncate', 'dataSync', 'dataSync done']);
      expect([log.nextSeq, newestBytes().length]).toEqual([3, size]);
    }
    await log.append(3, lines.slice(3));
    expect([...log.read(0)].map(({ line }) => line.toString())).toEqual(lines.map(String));
    await log.close();
  });

  it('meets a full disk at a new segment', async () => {
    const ops = new FaultyOps();
    const { log } = await openFileLog({ directory, nowMs, ops, segmentLimitBytes: 1 });
    const lines = chainOf(2);
    ops.failures.open = 'ENOSPC';
    await expect(log.append(0, [lines[0]!])).rejects.toMatchObject({ code: 'storage.full' });
    ops.failures = {};
    ops.writeFaults = [{ limit: 0, code: 'ENOSPC' }];
    await expect(log.append(0, [lines[0]!])).rejects.toMatchObject({ code: 'storage.full' });
    await log.append(0, [lines[0]!]);
    await log.append(1, [lines[1]!]);
    await log.close();
    const again = await openFileLog({ directory, nowMs });
    expect([again.log.nextSeq, again.cut]).toEqual([2, null]);
    await again.log.close();
  });

  const full = [{ limit: 0, code: 'ENOSPC' }];
  it.each<[string, Pick<FaultyOps, 'writeFaults' | 'failures'>]>([
    ['a write', { writeFaults: [{ limit: 0, code: 'EIO' }], failures: {} }],
    ['an fdatasync', { writeFaults: [], failures: { dataSync: 'EIO' } }],
    ['an fdatasync that says ENOSPC', { writeFaults: [], failures: { dataSync: 'ENOSPC' } }],
    ['the truncate after ENOSPC', { writeFaults: full, failures: { truncate: 'EIO' } }],
    ['the fdatasync after that truncate', { writeFaults: full, failures: { dataSync: 'EIO' } }],
  ])('is dead for ever after a failure of %s, and never syncs again', async (_, faults) => {
    const ops = new FaultyOps();
    const { log } = await openFileLog({ directory, nowMs, ops });
    const lines = chainOf(3);
    await log.append(0, [lines[0]!]);
    Object.assign(ops, structuredClone(faults));
    await expect(log.append(1, [lines[1]!])).rejects.toMatchObject({ code: 'storage.failed' });
    ops.failures = {};
    ops.writeFaults = [];
    const calls = ops.calls.length;
    await expect(log.append(1, [lines[1]!])).rejects.toMatchObject({ code: 'storage.failed' });
    expect(ops.calls.length).toBe(calls);
    expect([log.nextSeq, log.get(0).equals(lines[0]!)]).toEqual([1, true]);
    await log.close();
  });

  it('refuses lines that would break the framing', async () => {
    const { log } = await openFileLog({ directory, nowMs });
    await expect(log.append(0, [Buffer.from('a\nb')])).rejects.toThrow('newline');
    await expect(log.append(0, [Buffer.alloc(0)])).rejects.toThrow('empty');
    await log.close();
    await expect(log.append(0, chainOf(1))).rejects.toThrow('not open');
  });

  it('keeps its files to the owner', async () => {
    const { log } = await openFileLog({ directory, nowMs });
    await log.append(0, chainOf(1));
    await log.close();
    expect(statSync(`${directory}/000000000000.jsonl`).mode & 0o777).toBe(0o600);
  });
});

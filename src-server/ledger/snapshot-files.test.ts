import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from './hashing.ts';
import { listSnapshots, pruneSnapshots, readSnapshot, writeSnapshot } from './snapshot-files.ts';
import { FaultyOps, tempDirectory } from './testing/ledger-test-kit.ts';

let temp: ReturnType<typeof tempDirectory>;
let directory: string;
beforeEach(() => {
  temp = tempDirectory();
  directory = `${temp.path}/sqlite`;
});
afterEach(() => temp.remove());
const bytes = (n: number) => Buffer.alloc(10_000, n);
const seqs = () => listSnapshots(directory).map(({ seq }) => seq);

describe('snapshot files', () => {
  it('are listed newest first, and the newest two stay', async () => {
    expect(seqs()).toEqual([]);
    for (const seq of [7, 1_200, 35]) await writeSnapshot(directory, seq, bytes(seq % 256));
    expect(seqs()).toEqual([1_200, 35]);
    expect(readdirSync(directory).sort()).toEqual(
      ['000000000035', '000000001200'].flatMap((n) => [`state-${n}.sqlite`, `state-${n}.sqlite.sha256`]),
    );
    expect(readSnapshot(listSnapshots(directory)[1]!)).toEqual({ bytes: bytes(35), problem: null });
    expect(readFileSync(`${directory}/state-000000000035.sqlite.sha256`, 'utf8')).toBe(
      `${sha256Hex(bytes(35))}  state-000000000035.sqlite\n`,
    );
  });

  it('are skipped with a reason when damaged, shortened, or without a digest', async () => {
    await writeSnapshot(directory, 1, bytes(1));
    const [snapshot] = listSnapshots(directory);
    writeFileSync(snapshot!.path, bytes(2));
    expect(readSnapshot(snapshot!)).toEqual({ bytes: null, problem: 'its bytes do not match its digest' });
    writeFileSync(snapshot!.path, bytes(1).subarray(1));
    expect(readSnapshot(snapshot!).bytes).toBeNull();
    writeFileSync(`${snapshot!.path}.sha256`, '');
    expect(readSnapshot(snapshot!)).toEqual({ bytes: null, problem: 'its digest file is not readable' });
    expect(readSnapshot({ seq: 9, path: `${directory}/state-000000000009.sqlite` }).problem).toContain('ENOENT');
  });

  it('are synced before they get their name, and the name before the write returns', async () => {
    const ops = new FaultyOps();
    const renames: string[] = [];
    ops.rename = (from, to) => {
      ops.calls.push(`rename ${to.split('/').at(-1)}`);
      renames.push(from);
      new FaultyOps().rename(from, to);
    };
    await writeSnapshot(directory, 5, bytes(5), ops);
    expect(ops.calls.filter((call) => call !== 'dataSync')).toEqual([
      'syncDirectory',
      'write',
      'dataSync done',
      'write',
      'dataSync done',
      'rename state-000000000005.sqlite.sha256',
      'rename state-000000000005.sqlite',
      'syncDirectory',
    ]);
    expect(renames.every((name) => name.endsWith('.tmp'))).toBe(true);
  });

  it('leave the ones before as they are when the disk is full or fails', async () => {
    const ops = new FaultyOps();
    await writeSnapshot(directory, 1, bytes(1), ops);
    const before = readdirSync(directory);
    ops.writeFaults = [
      { limit: 9, code: null },
      { limit: 0, code: 'ENOSPC' },
    ];
    await expect(writeSnapshot(directory, 2, bytes(2), ops)).rejects.toMatchObject({ code: 'storage.full' });
    ops.failures.dataSync = 'EIO';
    await expect(writeSnapshot(directory, 2, bytes(2), ops)).rejects.toMatchObject({ code: 'storage.failed' });
    expect(readdirSync(directory)).toEqual(before);
    ops.failures = {};
    await writeSnapshot(directory, 2, bytes(2), ops);
    expect(seqs()).toEqual([2, 1]);
  });

  it('lose what a crash left over, and nothing else', async () => {
    await writeSnapshot(directory, 1, bytes(1));
    const left = [
      'state-000000000002.sqlite.sha256',
      'state-000000000002.sqlite.tmp',
      'state-000000000003.sqlite.sha256.tmp',
    ];
    for (const name of [...left, 'notes.txt']) writeFileSync(`${directory}/${name}`, '');
    expect(pruneSnapshots(directory).sort()).toEqual(left);
    expect(readdirSync(directory).sort()).toEqual([
      'notes.txt',
      'state-000000000001.sqlite',
      'state-000000000001.sqlite.sha256',
    ]);
    await writeSnapshot(directory, 2, bytes(2));
    expect(seqs()).toEqual([2, 1]);
  });
});

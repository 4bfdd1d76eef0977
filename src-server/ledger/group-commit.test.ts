import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.ts';
import { MemoryLog } from './memory-log.ts';
import { openFileLog } from './open-file-log.ts';
import { chainOf, FaultyOps, tempDirectory } from './testing/ledger-test-kit.ts';

/** A queue in the place of `setImmediate`, run by hand. */
function handSchedule() {
  const queue: (() => void)[] = [];
  return {
    schedule: (run: () => void) => void queue.push(run),
    runAll: () => queue.splice(0).forEach((run) => void run()),
  };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  const lines = chainOf(8);
  let appends: number[][];
  let log: MemoryLog;
  let hand: ReturnType<typeof handSchedule>;
  let commit: GroupCommit;

  beforeEach(() => {
    appends = [];
    log = new MemoryLog({
      fate: (first, batch) => {
        appends.push([first, batch.length]);
        return 'hold';
      },
    });
    hand = handSchedule();
    commit = new GroupCommit(log, hand.schedule);
  });

  it('flushes at the end of the turn, and gathers what comes while an append runs', async () => {
    commit.stage(lines[0]!);
    commit.stage(lines[1]!);
    expect([appends, commit.openBatch, commit.nextSeq]).toEqual([[], 0, 2]);
    hand.runAll();
    expect([appends, commit.openBatch]).toEqual([[[0, 2]], 2]);
    commit.stage(lines[2]!);
    hand.runAll();
    commit.stage(lines[3]!);
    expect(appends).toEqual([[0, 2]]);
    log.settle();
    await turn();
    expect(commit.durableSeq).toBe(2);
    hand.runAll();
    expect([appends, commit.openBatch, commit.nextSeq]).toEqual([
      [
        [0, 2],
        [2, 2],
      ],
      4,
      4,
    ]);
  });

  it('puts what the released ones stage at once into the next batch', async () => {
    commit.stage(lines[0]!);
    commit.durable(0).then(() => commit.stage(lines[2]!));
    hand.runAll();
    commit.stage(lines[1]!);
    log.settle();
    await turn();
    hand.runAll();
    expect(appends).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('releases nobody before their entry is durable, and in the order of entries', async () => {
    const released: number[] = [];
    commit.stage(lines[0]!);
    commit.stage(lines[1]!);
    hand.runAll();
    commit.stage(lines[2]!);
    for (const seq of [2, 1, 0, -1]) commit.durable(seq).then(() => released.push(seq));
    await turn();
    expect(released).toEqual([-1]);
    log.settle();
    await turn();
    expect(released).toEqual([-1, 1, 0]);
    hand.runAll();
    log.settle();
    await turn();
    expect(released).toEqual([-1, 1, 0, 2]);
    await commit.durable(2);
    expect(() => commit.durable(3)).toThrow(RangeError);
  });

  it('fails the batch and all that is staged behind it, then refuses until the reset', async () => {
    const heard: unknown[] = [];
    commit.onFailure((error) => heard.push(error));
    commit.stage(lines[0]!);
    hand.runAll();
    log.settle();
    await commit.durable(0);
    commit.stage(lines[1]!);
    hand.runAll();
    commit.stage(lines[2]!);
    const waiting = [commit.durable(1), commit.durable(2)].map((p) => p.catch((error: unknown) => error));
    log.fail('storage.full');
    const full = expect.objectContaining({ code: 'storage.full' });
    expect(await Promise.all(waiting)).toEqual([full, full]);
    expect([heard, commit.failure]).toEqual([[full], full]);
    expect(() => commit.stage(lines[1]!)).toThrow(full);
    await expect(commit.durable(1)).rejects.toEqual(full);
    await commit.durable(0);
    commit.reset(log);
    expect([commit.openBatch, commit.nextSeq, commit.durableSeq, commit.failure]).toEqual([1, 1, 1, null]);
    commit.stage(lines[1]!);
    hand.runAll();
    log.settle();
    await commit.durable(1);
    expect(log.nextSeq).toBe(2);
  });

  it('does not lose staged entries by a reset', () => {
    commit.stage(lines[0]!);
    expect(() => commit.reset(log)).toThrow('staged');
  });
});

describe('group commit on files', () => {
  let directory: ReturnType<typeof tempDirectory>;
  beforeEach(() => {
    directory = tempDirectory();
  });
  afterEach(() => directory.remove());

  it('resolves no durable() before the fdatasync that covers it', async () => {
    const ops = new FaultyOps();
    const { write, dataSync } = ops;
    let writtenBytes = 0;
    let syncedBytes = 0;
    let syncs = 0;
    ops.write = async (fd, source, offset, length, position) => {
      const count = await write(fd, source, offset, length, position);
      writtenBytes = position + count;
      return count;
    };
    // A slow disk: what is acknowledged too early is seen.
    ops.dataSync = async (fd) => {
      const covered = writtenBytes;
      for (let i = 0; i < 3; i++) await turn();
      await dataSync(fd);
      syncedBytes = covered;
      syncs++;
    };
    const { log } = await openFileLog({ directory: directory.path, nowMs: () => 0, ops });
    const commit = new GroupCommit(log, setImmediate);
    const acknowledged: number[] = [];
    let endBytes = 0;
    for (const [seq, line] of chainOf(60).entries()) {
      endBytes += line.length + 1;
      const needed = endBytes;
      commit.stage(line);
      commit.durable(seq).then(() => acknowledged.push(syncedBytes >= needed ? seq : -1));
      if (seq % 7 === 0) await turn();
    }
    await commit.durable(59);
    await turn();
    expect(acknowledged).toEqual(Array.from({ length: 60 }, (_, seq) => seq));
    expect(syncs).toBeLessThan(30);
    await log.close();
  });
});

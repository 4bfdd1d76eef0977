import { describe, expect, it } from 'vitest';
import { describeLogPort } from './log-port.conformance.ts';
import { type AppendFate, MemoryLog } from './memory-log.ts';
import { chainOf } from './testing/ledger-test-kit.ts';

describeLogPort('memory', {
  open: async () => new MemoryLog(),
  async reopen(log) {
    const lines = [...log.read(0)].map(({ line }) => line);
    await log.close();
    return new MemoryLog({ lines });
  },
});

describe('memory log', () => {
  const lines = chainOf(6, { batchSize: 3 });
  const holding = (fates: AppendFate[] = []) => new MemoryLog({ fate: () => fates.shift() ?? 'hold' });

  it('shows nothing of a held append until it settles', async () => {
    const log = holding();
    const append = log.append(0, lines.slice(0, 3));
    expect([log.isHolding, log.nextSeq]).toEqual([true, 0]);
    log.settle();
    await append;
    expect([log.isHolding, log.nextSeq]).toEqual([false, 3]);
  });

  it('loses what was held at a crash, but for the lines that had reached the disk', async () => {
    const log = holding(['durable']);
    await log.append(0, lines.slice(0, 3));
    let isAnswered = false;
    void log.append(3, lines.slice(3)).finally(() => {
      isAnswered = true;
    });
    const { log: after, cut } = log.crash(2, 10);
    expect([after.nextSeq, after.get(4).equals(lines[4]!), cut]).toEqual([5, true, { cut_bytes: 10, cut_lines: 1 }]);
    await expect(log.append(3, lines.slice(3))).rejects.toThrow('crashed');
    expect(isAnswered).toBe(false);
  });

  it('goes on after a full disk and dies of a failing one', async () => {
    const log = holding(['storage.full', 'durable', 'storage.failed']);
    await expect(log.append(0, lines.slice(0, 3))).rejects.toMatchObject({ code: 'storage.full' });
    await log.append(0, lines.slice(0, 3));
    await expect(log.append(3, lines.slice(3))).rejects.toMatchObject({ code: 'storage.failed' });
    await expect(log.append(3, lines.slice(3))).rejects.toMatchObject({ code: 'storage.failed' });
    expect(log.nextSeq).toBe(3);
  });
});

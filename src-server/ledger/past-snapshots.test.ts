import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { forgetPast, keepForPast, listPastSnapshots, PAST_EVERY_ENTRIES, PAST_FILES_MAX } from './past-snapshots.ts';
import { listSnapshots, readSnapshot, writeSnapshot } from './snapshot-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'cc-past-'));
const STEP = PAST_EVERY_ENTRIES / 2;
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('old snapshots stay for time travel, bounded, evenly spread, each with its digest', async () => {
  const snapshots = 200;
  for (let n = 1; n <= snapshots; n++)
    await writeSnapshot(directory, n * STEP, Buffer.from(`state ${n}`), undefined, (old) =>
      keepForPast(directory, old),
    );
  expect(listSnapshots(directory).map((s) => s.seq)).toEqual([snapshots * STEP, (snapshots - 1) * STEP]);
  const kept = listPastSnapshots(directory);
  expect(kept).toHaveLength(PAST_FILES_MAX + 2);
  for (const file of kept) expect(readSnapshot(file).bytes?.toString()).toBe(`state ${file.seq / STEP}`);
  const seqs = kept.map((s) => s.seq).reverse();
  const gaps = seqs.map((seq, i) => seq - (seqs[i - 1] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(4 * ((snapshots * STEP) / PAST_FILES_MAX));
  forgetPast(directory);
  expect(listPastSnapshots(directory)).toHaveLength(2);
});

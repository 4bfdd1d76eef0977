import { addSource, claim, fill, IS_QUICK, nowMs, openBench, quantile, ROUNDS, report, row, spec } from './kit.ts';

const JOBS = IS_QUICK ? 20_000 : 100_000;
const { workspace } = await openBench();
const sessionId = await addSource(workspace, 'source');
await fill(workspace, JOBS, () => spec());

/** One pause is short, and a machine has moods. */
const PAUSES = 3 * ROUNDS;

const times = { outside: [] as number[], during: [] as number[] };
const perMb: number[] = [];
const togetherPerMb: number[] = [];
const measure = async (into: number[], count: number): Promise<void> => {
  for (let n = 0; n < count; n++) {
    const startedMs = nowMs();
    await claim(workspace, sessionId);
    into.push(nowMs() - startedMs);
  }
};
for (let round = 0; round < PAUSES; round++) {
  await measure(times.outside, 100);
  // The one before lies twenty thousand entries back when a plane takes one.
  globalThis.gc?.();
  // A plane settles its state in one step and exports it in a later one, and serves whoever asks between the two.
  const startedMs = nowMs();
  workspace.engine.state.settle();
  const settledMs = nowMs();
  const sizeMb = workspace.engine.state.snapshot().length / 1e6;
  const endedMs = nowMs();
  perMb.push(Math.max(settledMs - startedMs, endedMs - settledMs) / sizeMb);
  togetherPerMb.push((endedMs - startedMs) / sizeMb);
}
// A claim that arrives while the snapshot is taken waits for it: of a hundred claims, one meets it.
const sizeMb = workspace.engine.state.snapshot().length / 1e6;
for (let round = 0; round < ROUNDS; round++) {
  const startedMs = nowMs();
  workspace.engine.state.snapshot();
  await claim(workspace, sessionId);
  times.during.push(nowMs() - startedMs);
  await measure(times.during, 99);
}
await workspace.engine.log.close();
const p99 = quantile(times.outside, 0.99);
report([
  row('snapshot pause per MB, the longer of its two', perMb, 'ms/MB', { at: 2 }),
  row('… and both together', togetherPerMb, 'ms/MB'),
  row('snapshot size', [sizeMb], 'MB'),
  row('claim p99 outside a snapshot', [p99], 'ms'),
  row('claim p99 with a snapshot in every hundred claims', [quantile(times.during, 0.985)], 'ms'),
  row('… against outside', [quantile(times.during, 0.985) / p99], '×'),
]);

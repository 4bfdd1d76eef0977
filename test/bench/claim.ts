import {
  addSource,
  claim,
  fill,
  fsyncFloorMs,
  IS_QUICK,
  median,
  nowMs,
  openBench,
  ROUNDS,
  report,
  row,
  spec,
} from './kit.ts';

const CLAIMS = IS_QUICK ? 100 : 500;
const floors: number[] = [];
const claims: number[] = [];
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const floor = await fsyncFloorMs();
  const { workspace } = await openBench();
  const sessionId = await addSource(workspace, 'source');
  await fill(workspace, CLAIMS, () => spec());
  const times: number[] = [];
  for (let n = 0; n < CLAIMS; n++) {
    const startedMs = nowMs();
    await claim(workspace, sessionId);
    times.push(nowMs() - startedMs);
  }
  await workspace.stop();
  floors.push(floor);
  claims.push(median(times));
  ratios.push(median(times) / floor);
}
report([
  row('fsync floor (append 2 KB + fdatasync), p50', floors, 'ms'),
  row('claim, 1 client, p50', claims, 'ms'),
  row('claim p50 against the fsync floor', ratios, '×', { at: 2.5 }),
]);

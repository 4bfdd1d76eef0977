import {
  addSource,
  claim,
  complete,
  fill,
  IS_QUICK,
  nowMs,
  openBench,
  ROUNDS,
  report,
  row,
  spec,
  start,
} from './kit.ts';

const ENTRIES = IS_QUICK ? 10_000 : 100_000;
const { workspace, directory } = await openBench();
const sessionId = await addSource(workspace, 'source');
// The mix of a working plane: each job is submitted, granted, started and settled.
const BATCH = 500;
while (workspace.engine.nextSeq < ENTRIES) {
  await fill(workspace, BATCH, () => spec());
  const work = async (): Promise<void> => {
    const granted = await claim(workspace, sessionId);
    if (granted === undefined) return;
    await start(workspace, sessionId, granted);
    await complete(workspace, sessionId, granted);
  };
  await Promise.all(Array.from({ length: BATCH }, work));
}
await workspace.engine.durable();
const entries = workspace.engine.nextSeq;
await workspace.engine.log.close();
workspace.engine.state.close();

const seconds: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const startedMs = nowMs();
  const again = await openBench(directory);
  seconds.push((nowMs() - startedMs) / 1_000);
  await again.workspace.engine.durable();
  await again.workspace.engine.log.close();
  again.workspace.engine.state.close();
}
const scaled = seconds.map((s) => (s * 100_000) / entries);
report([
  row('start on a log of 100 k entries, no snapshot', scaled, 's', { at: 2 }),
  row(
    '… entries per second',
    seconds.map((s) => entries / s),
    'entries/s',
  ),
]);

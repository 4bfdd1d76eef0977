import { whatIfView } from '../../src-server/plane/views/what-if-view.ts';
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

// A real log of jobs that ran on both sides, and the whole question: read it, run it under what was in force and under a draft.
const DECISIONS = 500;
const JOBS = IS_QUICK ? 600 : 2_000;
const { workspace } = await openBench();
const sessions = [
  await addSource(workspace, 'laptop-1', { capacity: 2 }),
  await addSource(workspace, 'laptop-2', { capacity: 2 }),
];
for (let done = 0; done < JOBS; done += 4) {
  await fill(workspace, 4, (n) => spec({ wu_id: `WU-${n % 3}`, labels: {} }));
  for (const sessionId of [...sessions, ...sessions]) {
    const granted = await claim(workspace, sessionId, 2);
    if (granted === undefined) continue;
    await start(workspace, sessionId, granted);
    await complete(workspace, sessionId, granted);
  }
}
const figures: number[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  const startedMs = nowMs();
  const answer = whatIfView(workspace.engine, { last: DECISIONS, policy: { mode: 'managed_first' } });
  if (answer.decisions !== DECISIONS) throw new Error(`only ${answer.decisions} decisions`);
  if (round > 0) figures.push(nowMs() - startedMs);
}
await workspace.stop();
report([row(`what-if over the last ${DECISIONS} decisions`, figures, 'ms', { at: 300 })]);

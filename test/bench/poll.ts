import { claimant } from '../../src-server/plane/commands/claim-work.ts';
import { submitJob } from '../../src-server/plane/commands/submit-job.ts';
import { TICK_MS } from '../../src-server/plane/timers.ts';
import {
  ACTOR,
  addSource,
  complete,
  IS_QUICK,
  nowMs,
  openBench,
  quantile,
  ROUNDS,
  report,
  row,
  spec,
  start,
} from './kit.ts';

const RUNNERS = 1_000;
const IDLE_MS = IS_QUICK ? 2_000 : 8_000;
const { workspace } = await openBench();
const sessions: string[] = [];
for (let n = 0; n < RUNNERS; n++) sessions.push(await addSource(workspace, `runner-${n}`, { capacity: 1 }));
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const ticking = setInterval(() => workspace.tick(), TICK_MS);

let polls = 0;
let isOver = false;
const wakeMs: number[] = [];
let submittedMs = 0;
/** One runner: polls again and again, as over HTTP with 25 s of patience. */
async function runner(sessionId: string): Promise<void> {
  while (!isOver) {
    const idempotency = { key: `poll-${++polls}`, request: 'r' };
    const request = { capacity: 1, wait_ms: 25_000, max: 1 };
    const { grants } = await workspace.claim(claimant(workspace.ctx, sessionId), request, idempotency);
    for (const granted of grants) {
      wakeMs.push(nowMs() - submittedMs);
      await start(workspace, sessionId, granted);
      await complete(workspace, sessionId, granted);
    }
  }
}
const running = sessions.map(runner);
await sleep(2_000);
const shares: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const before = process.cpuUsage();
  await sleep(IDLE_MS);
  const used = process.cpuUsage(before);
  shares.push(((used.user + used.system) / 1e3 / IDLE_MS) * 100);
}
for (let n = 0; n < 200; n++) {
  submittedMs = nowMs();
  const before = wakeMs.length;
  await workspace.run((ctx) => submitJob(ctx, ACTOR, spec(), null));
  while (wakeMs.length === before) await sleep(1);
}
isOver = true;
for (const sessionId of sessions) workspace.abandonClaim(sessionId);
clearInterval(ticking);
await Promise.all(running);
await workspace.stop();
report([
  row('1,000 idle long polls in process', shares, '% of a core', { at: 2 }),
  row('wake-up from submit to grant on disk, p50', [quantile(wakeMs, 0.5)], 'ms'),
  row('wake-up from submit to grant on disk, p99', [quantile(wakeMs, 0.99)], 'ms', { at: 25 }),
]);

import { claimFor } from '../../src-server/plane/placing.ts';
import { addSource, fill, IS_QUICK, median, nowMs, openBench, ROUNDS, report, row, spec } from './kit.ts';

const SHALLOW = 1_000;
const DEEP = IS_QUICK ? 50_000 : 1_000_000;
const PICKS = 300;
/** The best jobs are for others, and the one that fits carries the most labels: nothing is at the front by luck. */
const LABELS = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`k${n}`, `v${n}`]));
const WORST = [
  spec({ labels: LABELS, priority: 0 }),
  ...Array.from({ length: 49 }, (_, n) => spec({ labels: { ...LABELS, k15: `other-${n}` }, priority: 100 })),
];

async function bench(depth: number): Promise<{ pickUs: number[]; rssMb: number }> {
  const { workspace } = await openBench();
  const before = await addSource(workspace, 'source', { labels: LABELS });
  await fill(workspace, depth, (n) => WORST[n % WORST.length]!);
  globalThis.gc?.();
  const rssMb = process.memoryUsage.rss() / 2 ** 20;
  const pickUs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const times: number[] = [];
    const picks = Math.min(PICKS, Math.floor(depth / WORST.length / ROUNDS) - 1);
    for (let n = 0; n < picks; n++) {
      await workspace.run((ctx) => {
        const { engine } = ctx;
        const { sourceId } = engine.hot.fleet.sessions.get(before) as { sourceId: string };
        const ask = { sourceId, sessionId: before, max: 1, classes: null, idempotency: null };
        const startedMs = nowMs();
        const grants = claimFor(engine, ask);
        times.push((nowMs() - startedMs) * 1_000);
        if (grants.length !== 1) throw new Error('nothing was picked');
      });
    }
    pickUs.push(median(times));
  }
  await workspace.engine.log.close();
  workspace.engine.state.close();
  return { pickUs, rssMb };
}

await bench(SHALLOW);
const shallow = await bench(SHALLOW);
const deep = await bench(DEEP);
const ratios = shallow.pickUs.map((us, n) => (deep.pickUs[n] as number) / us);
const millions = DEEP / 1e6;
report([
  row('pick and grant at 1 k queued jobs, p50', shallow.pickUs, 'µs'),
  row(`pick and grant at ${millions} M queued jobs, p50`, deep.pickUs, 'µs'),
  row(`pick at ${millions} M against 1 k`, ratios, '×', { at: 1.5 }),
  row(`memory at ${millions} M queued jobs (RSS)`, [deep.rssMb], 'MiB', { at: 512 }),
]);

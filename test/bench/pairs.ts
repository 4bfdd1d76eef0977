import { newPrivateKey, planeKeyFrom } from '../../src-server/plane/keys.ts';
import {
  addSource,
  claim,
  complete,
  fill,
  IS_QUICK,
  nowMs,
  openBench,
  ROUNDS,
  type Row,
  report,
  row,
  spec,
  start,
} from './kit.ts';

const CLIENTS = [1, 16, 64] as const;
const PAIRS = IS_QUICK ? 200 : 2_000;

const { log: signer } = planeKeyFrom(newPrivateKey());
/** As often as the host of a plane does it. */
const TICK_MS = 100;

/**
 * Claim, start and complete, each acknowledged by the disk; a pair is all of one job.
 * @param isProven false: no tree over the log, and no signed checkpoints.
 */
async function pairsPerSecond(clients: number, isProven = true): Promise<number> {
  const { workspace } = await openBench(undefined, isProven ? signer : undefined);
  if (!isProven) workspace.engine.tree.append = () => undefined;
  const ticking = setInterval(() => workspace.tick(), TICK_MS);
  const sessionId = await addSource(workspace, 'source');
  await workspace.run((ctx) => ctx.engine.nextSeq);
  const pairs = clients === 1 ? Math.ceil(PAIRS / 4) : PAIRS;
  await fill(workspace, pairs, () => spec());
  let left = pairs;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const granted = await claim(workspace, sessionId);
      if (granted === undefined) throw new Error('no job to claim');
      await start(workspace, sessionId, granted);
      await complete(workspace, sessionId, granted);
    }
  };
  const startedMs = nowMs();
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (nowMs() - startedMs) / 1_000;
  clearInterval(ticking);
  await workspace.stop();
  return pairs / seconds;
}

const figures = new Map<number, number[]>(CLIENTS.map((n) => [n, []]));
const costs: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  for (const clients of CLIENTS) figures.get(clients)?.push(await pairsPerSecond(clients));
  const bare = await pairsPerSecond(16, false);
  costs.push((await pairsPerSecond(16)) / bare);
}
const rows: Row[] = CLIENTS.map((n) =>
  row(`pairs in process, ${n} client${n === 1 ? '' : 's'}`, figures.get(n) ?? [], 'pairs/s'),
);
report([...rows, row('… 16 clients, with tree and checkpoints against without', costs, '×', { at: 0.9, least: true })]);

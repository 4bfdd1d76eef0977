import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { openFileLog } from '../../src-server/ledger/open-file-log.ts';
import { writeSnapshot } from '../../src-server/ledger/snapshot-files.ts';
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
// The mix of a working plane: each job is submitted, granted, started and settled.
const BATCH = 500;
/** A plane that works writes a snapshot so often: the most that a start has to read behind one. */
const BEHIND = ENTRIES / 5;

async function writeLog(): Promise<{ directory: string; entries: number }> {
  const { workspace, directory } = await openBench();
  const sessionId = await addSource(workspace, 'source');
  let hasSnapshot = false;
  while (workspace.engine.nextSeq < ENTRIES) {
    const { engine } = workspace;
    if (!hasSnapshot && engine.nextSeq >= ENTRIES - BEHIND) {
      await engine.durable();
      await writeSnapshot(`${directory}/kept`, engine.nextSeq, engine.state.snapshot(engine.tree.toBytes()));
      hasSnapshot = true;
    }
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
  return { directory, entries };
}

/** What no start can go below: each line parsed once, and hashed for the chain and for the tree. Seconds. */
async function floorSeconds(directory: string): Promise<number> {
  const { log } = await openFileLog({ directory: `${directory}/log`, nowMs, mode: 'read_only' });
  const lines = Array.from(log.read(0), ({ line }) => Buffer.from(line));
  await log.close();
  const startedMs = nowMs();
  for (const line of lines) {
    JSON.parse(line.toString());
    hash('sha256', line, 'hex');
    hash('sha256', line, 'hex');
  }
  return (nowMs() - startedMs) / 1_000;
}

/** A start has a heap of its own: each one is measured in a process of its own, from its first line to a workspace that answers. */
function startSeconds(directory: string): number {
  const args = [...process.execArgv, process.argv[1] as string];
  const env = { ...process.env, BENCH_OPEN: directory };
  return Number(execFileSync(process.execPath, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
}

async function measureStarts(): Promise<void> {
  const { directory, entries } = await writeLog();
  const seconds: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    floors.push(await floorSeconds(directory));
    seconds.push(startSeconds(directory));
  }
  renameSync(`${directory}/kept`, `${directory}/sqlite`);
  const behind = Array.from({ length: ROUNDS }, () => startSeconds(directory));
  const scaled = seconds.map((s) => (s * 100_000) / entries);
  report([
    row('start on a log of 100 k entries, no snapshot', scaled, 's', { at: 2 }),
    row('start on the same log, with a snapshot a fifth behind', behind, 's'),
    row(
      'entries per second without a snapshot',
      seconds.map((s) => entries / s),
      'entries/s',
    ),
    row(
      '… against parsing and hashing the same lines, and nothing else',
      seconds.map((s, round) => s / (floors[round] as number)),
      '×',
    ),
  ]);
}

const written = process.env.BENCH_OPEN;
if (written === undefined) await measureStarts();
else {
  const startedMs = nowMs();
  await openBench(written);
  process.stdout.write(String((nowMs() - startedMs) / 1_000));
  process.exit(0);
}

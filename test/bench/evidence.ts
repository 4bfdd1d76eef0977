import { encodeEntry } from '../../src-server/ledger/entry.ts';
import { addSource, claim, complete, fill, nowMs, openBench, ROUNDS, report, row, spec, start } from './kit.ts';

// Real entries of one job's life, encoded again and again: canonical bytes and the hash of the chain.
const { workspace } = await openBench();
const sessionId = await addSource(workspace, 'source');
await fill(workspace, 1, () => spec());
const granted = await claim(workspace, sessionId);
if (granted === undefined) throw new Error('no job to claim');
await start(workspace, sessionId, granted);
await complete(workspace, sessionId, granted);
const { engine } = workspace;
const fields = Array.from({ length: 4 }, (_, n) => engine.entry(engine.nextSeq - 1 - n)).map((entry) => ({
  ...entry,
  salt: Buffer.from(entry.salt, 'hex'),
  events: entry.events as unknown as Parameters<typeof encodeEntry>[0]['events'],
}));
const figures: number[] = [];
const TIMES = 10_000;
for (let round = 0; round <= ROUNDS; round++) {
  let prev = '0'.repeat(64);
  const startedUs = process.cpuUsage().user;
  for (let n = 0; n < TIMES; n++) prev = encodeEntry(fields[n % 4]!, prev).hash;
  if (round > 0) figures.push((process.cpuUsage().user - startedUs) / TIMES);
}
void nowMs;
await workspace.stop();
report([row('evidence CPU per entry (encode, check, chain)', figures, 'µs', { at: 15 })]);

import { encodeEntry } from '../../src-server/ledger/entry.ts';
import { formatCheckpoint } from '../../src-server/ledger/note/checkpoint.ts';
import { signNote } from '../../src-server/ledger/note/signed-note.ts';
import { leafDigest } from '../../src-server/ledger/tree/hashes.ts';
import { MerkleTree } from '../../src-server/ledger/tree/merkle-tree.ts';
import { newPrivateKey, planeKeyFrom } from '../../src-server/plane/keys.ts';
import { addSource, claim, complete, fill, nowMs, openBench, ROUNDS, report, row, spec, start } from './kit.ts';

// Real entries of one job's life, encoded again and again: canonical bytes, the hash of the chain, the tree, and a
// checkpoint after 256 of them.
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
const ORIGIN = 'connected-compute/ws_bench';
const signer = { ...planeKeyFrom(newPrivateKey()).log, name: ORIGIN };
const figures: number[] = [];
const TIMES = 10_000;
for (let round = 0; round <= ROUNDS; round++) {
  let prev = '0'.repeat(64);
  const tree = new MerkleTree();
  const startedUs = process.cpuUsage().user;
  for (let n = 0; n < TIMES; n++) {
    const { line, hash } = encodeEntry(fields[n % 4]!, prev);
    prev = hash;
    tree.append(leafDigest(line));
    if (n % 256 === 255) signNote(formatCheckpoint({ origin: ORIGIN, size: tree.size, root: tree.root() }), signer);
  }
  if (round > 0) figures.push((process.cpuUsage().user - startedUs) / TIMES);
}
void nowMs;
await workspace.stop();
report([row('evidence CPU per entry (encode, check, chain, tree, signature)', figures, 'µs', { at: 15 })]);

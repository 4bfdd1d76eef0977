import { bufferSource } from '../../src-server/ledger/bundle/read-tar.ts';
import { verifyBundle } from '../../src-server/ledger/bundle/verify/verify-bundle.ts';
import { leafHash } from '../../src-server/ledger/tree/hashes.ts';
import { MerkleTree } from '../../src-server/ledger/tree/merkle-tree.ts';
import { exportBundle } from '../../src-server/plane/evidence/export-bundle.ts';
import { logProver } from '../../src-server/plane/evidence/log-prover.ts';
import { selectEntries } from '../../src-server/plane/evidence/select-entries.ts';
import { newPrivateKey, planeKeyFrom } from '../../src-server/plane/keys.ts';
import {
  addSource,
  claim,
  complete,
  fill,
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

/** `PAST_ENTRIES=1000000 npm run bench -- past` walks back in a log of that size. */
const ENTRIES = Number(process.env.PAST_ENTRIES ?? (IS_QUICK ? 50_000 : 200_000));
const BUNDLE_ENTRIES = 10_000;
const BATCH = 500;
const TREE_LEAVES = IS_QUICK ? 100_000 : 1_000_000;
const MOMENTS = 12;

// A log as a working plane writes it, with the snapshots of its way.
const { workspace } = await openBench();
const sessionId = await addSource(workspace, 'source');
const key = planeKeyFrom(newPrivateKey());
while (workspace.engine.nextSeq < ENTRIES) {
  await fill(workspace, BATCH, () => spec());
  const work = async (): Promise<void> => {
    const granted = await claim(workspace, sessionId);
    if (granted === undefined) return;
    await start(workspace, sessionId, granted);
    await complete(workspace, sessionId, granted);
  };
  await Promise.all(Array.from({ length: BATCH }, work));
  workspace.tick();
}
const { engine } = workspace;
const entries = engine.nextSeq;

// Moments spread over the whole log, in an order that never finds the one before still open.
const seconds: number[] = [];
for (let n = 0; n < MOMENTS; n++) {
  const at = Math.floor((((n * 7) % MOMENTS) + 0.5) * (entries / MOMENTS));
  const startedMs = nowMs();
  await workspace.past(at, (past) => past.nextSeq);
  seconds.push((nowMs() - startedMs) / 1_000);
}

// Proofs of entries far apart: each makes the nodes of its chunk again from the log, or from memory in a made-up tree.
const proofMs: number[] = [];
for (let n = 0; n < 200; n++) {
  const startedMs = nowMs();
  engine.tree.inclusionProof(Math.floor((n * 7_919) % entries), entries);
  proofMs.push(nowMs() - startedMs);
}
const leaf = (n: number): Buffer => leafHash(Buffer.from(`${n}`.padStart(900, '.')));
const tree = new MerkleTree(function* (from, to) {
  for (let n = from; n < to; n++) yield leaf(n);
});
for (let n = 0; n < TREE_LEAVES; n++) tree.append(leaf(n));
const millionMs: number[] = [];
for (let n = 0; n < 200; n++) {
  const startedMs = nowMs();
  tree.inclusionProof((n * 7_919_993) % TREE_LEAVES);
  millionMs.push(nowMs() - startedMs);
}

// A bundle of 10,000 entries, verified from its bytes.
const blobs = { sizeOf: async () => null } as unknown as Parameters<typeof exportBundle>[0]['blobs'];
const runLogs = {} as Parameters<typeof exportBundle>[0]['runLogs'];
const source = { engine, key, blobs, runLogs, prover: logProver(engine, key), pause: async () => undefined };
const chunks: Buffer[] = [];
const asked = { from: 0, to: BUNDLE_ENTRIES - 1 };
for await (const chunk of exportBundle(source, selectEntries(engine, asked))) chunks.push(chunk);
const tar = Buffer.concat(chunks);
const verifySeconds: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const startedMs = nowMs();
  const { exitCode, checks } = verifyBundle(bufferSource(tar), key.fingerprint);
  if (exitCode !== 0) throw new Error(JSON.stringify(checks));
  verifySeconds.push((nowMs() - startedMs) / 1_000);
}
await workspace.stop();
report([
  row(`any moment of ${entries} entries`, seconds, 's'),
  row('… the slowest', [Math.max(...seconds)], 's', { at: 2 }),
  row(`a proof from a log of ${entries} entries`, proofMs, 'ms', { at: 5 }),
  row('… 99 of 100', [quantile(proofMs, 0.99)], 'ms', { at: 5 }),
  row(`a proof from a tree of ${TREE_LEAVES} leaves, 99 of 100`, [quantile(millionMs, 0.99)], 'ms', { at: 5 }),
  row(`verifying a bundle of ${BUNDLE_ENTRIES} entries, ${Math.round(tar.length / 1e6)} MB`, verifySeconds, 's', {
    at: 2,
  }),
]);

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LogPort } from '../../src-server/ledger/log-port.ts';
import { leafHash } from '../../src-server/ledger/tree/hashes.ts';
import { MerkleTree } from '../../src-server/ledger/tree/merkle-tree.ts';
import { LogUntil } from '../../src-server/plane/past/log-until.ts';
import { replay } from '../../src-server/plane/replay.ts';
import { dumpTables } from '../../src-server/state/queries/dump.ts';
import { State } from '../../src-server/state/state.ts';
import { Simulation } from './simulation.ts';

/** More with `SNAPSHOT_SEEDS=200 npx vitest run test/simulation/snapshot-and-tail.test.ts`. */
const SEEDS = Number(process.env.SNAPSHOT_SEEDS ?? 3);
const STEPS = 1_000;

/** All that a state is: its rows, its head, where the keys of requests are. */
function contentOf(state: State): unknown {
  return { rows: dumpTables(state.db), head: state.head, keys: Buffer.from(state.keys.toBytes()).toString('base64') };
}
function grow(tree: MerkleTree, log: LogPort, from: number): MerkleTree {
  for (const { line } of log.read(from)) tree.append(leafHash(line));
  return tree;
}

it(`a snapshot with the log after it is the state that the whole log gives, wherever it was taken, in ${SEEDS} histories`, async () => {
  const history = fc.tuple(
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 5 }),
  );
  await fc.assert(
    fc.asyncProperty(history, async ([seed, places]) => {
      const simulation = new Simulation(seed);
      await simulation.run(STEPS);
      const { log } = simulation.plane.workspace!.engine;
      const whole = replay(log, await State.empty());
      const [expected, root] = [contentOf(whole), grow(new MerkleTree(), log, 0).root()];
      whole.close();
      for (const at of new Set([0, log.nextSeq, ...places.map((place) => Math.floor(place * log.nextSeq))])) {
        const until = new LogUntil(log, at);
        const before = replay(until, await State.empty());
        const bytes = before.snapshot(grow(new MerkleTree(), until, 0).toBytes());
        before.close();
        const after = replay(log, await State.fromSnapshot(bytes));
        expect({ at, ...(contentOf(after) as object) }).toEqual({ at, ...(expected as object) });
        expect(grow(MerkleTree.fromBytes(after.treeBytes as Buffer), log, at).root()).toEqual(root);
        after.close();
      }
      simulation.plane.close();
    }),
    { numRuns: SEEDS, seed: 4 },
  );
}, 600_000);

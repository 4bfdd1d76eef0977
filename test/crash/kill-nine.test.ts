import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeEntry } from '../../src-server/ledger/entry.ts';
import { openFileLog } from '../../src-server/ledger/open-file-log.ts';
import { rebuildHot } from '../../src-server/plane/hot/rebuild.ts';
import { checkState } from '../../src-server/plane/invariants.ts';
import { replay } from '../../src-server/plane/replay.ts';
import type { AppliedEntry } from '../../src-server/state/entry-view.ts';
import { State } from '../../src-server/state/state.ts';
import { cli, PlaneProcess } from '../helpers/plane-process.ts';
import { simulationRandom } from '../simulation/world.ts';
import { type Acknowledged, Load } from './load.ts';

const KILLS = 50;
/** A promise of the product: a plane that was killed is back within this time. */
const READY_WITHIN_MS = 5_000;
const FULL_CHECK_EVERY = 10;

const dataDir = mkdtempSync(join(tmpdir(), 'kill-nine-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Reads the log beside the dead plane, checks everything, and finds every acknowledged write in it. */
async function checkDisk(acknowledged: Acknowledged, isFull: boolean): Promise<void> {
  expect(existsSync(`${dataDir}/log`), 'the data directory was removed by somebody else').toBe(true);
  const { log } = await openFileLog({ directory: `${dataDir}/log`, nowMs: () => 0, mode: 'read_only' });
  const read = (seq: number): AppliedEntry => decodeEntry(log.get(seq)) as unknown as AppliedEntry;
  for (const [title, { jobId, seq }] of acknowledged.submitted) {
    const [event] = read(seq).events;
    const found = event?.type === 'job.submitted' ? [event.body.job_id, event.body.spec.title] : [];
    expect(found).toEqual([jobId, title]);
  }
  for (const [leaseId, { jobId, seq, jobState }] of acknowledged.completed) {
    const settled = read(seq).events.find((e) => e.type === 'job.settled');
    expect(settled?.body).toMatchObject({ job_id: jobId, lease_id: leaseId, outcome: jobState });
  }
  if (isFull) {
    const state = replay(log, await State.empty());
    expect(checkState(log, state, rebuildHot(state))).toEqual([]);
    state.close();
  }
  await log.close();
}

/** No job was made twice by a submit that was repeated over a crash. */
async function titlesOf(): Promise<string[]> {
  const { log } = await openFileLog({ directory: `${dataDir}/log`, nowMs: () => 0, mode: 'read_only' });
  const titles: string[] = [];
  for (const { line } of log.read(0))
    for (const event of (decodeEntry(line) as unknown as AppliedEntry).events)
      if (event.type === 'job.submitted') titles.push(event.body.spec.title);
  await log.close();
  return titles;
}

describe('kill -9 of a plane under load', () => {
  it(`loses nothing that was acknowledged, ${KILLS} times`, async () => {
    const random = simulationRandom(9);
    const load = new Load();
    const readyMs: number[] = [];
    let port = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const startedNs = process.hrtime.bigint();
      const plane = await PlaneProcess.start([], { dataDir, port });
      readyMs.push(Number(process.hrtime.bigint() - startedNs) / 1e6);
      port = plane.port;
      await load.attach(plane);
      if (kill === 0) for (const name of ['one', 'two', 'three']) await load.addRunner(name);
      const goal = load.acknowledged.submitted.size + 10 + random.integer(60);
      const reached = load.reaches(goal);
      const running = load.run();
      // Killed in the middle of work: not at a time, but after so many answers.
      await Promise.race([reached, running]);
      const dead = plane.stop('SIGKILL');
      await running;
      expect((await dead).signal).toBe('SIGKILL');
      await checkDisk(load.acknowledged, kill % FULL_CHECK_EVERY === FULL_CHECK_EVERY - 1);
    }
    const { submitted, completed } = load.acknowledged;
    const slowest = Math.max(...readyMs);
    const middle = readyMs.sort((a, b) => a - b)[KILLS >> 1] as number;
    process.stdout.write(
      `kill -9: ${KILLS} times, ${submitted.size} submits and ${completed.size} completions acknowledged, starts: middle ${Math.round(middle)} ms, slowest ${Math.round(slowest)} ms\n`,
    );
    expect(completed.size).toBeGreaterThan(KILLS);
    const titles = await titlesOf();
    expect(new Set(titles).size).toBe(titles.length);
    expect(slowest).toBeLessThan(READY_WITHIN_MS);
    const doctor = await cli(['doctor', '--deep', '--data-dir', dataDir]);
    expect([doctor.code, doctor.stderr]).toEqual([0, '']);
  }, 480_000);
});

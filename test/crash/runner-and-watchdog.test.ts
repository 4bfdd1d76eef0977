import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../runner/clock.ts';
import { groupPrefix } from '../../runner/limits/ceilings.ts';
import { probeCgroup } from '../../runner/limits/probe-cgroup.ts';
import { isAlive } from '../../runner/proc-table.ts';
import { FakePlane } from '../../runner/testing/fake-plane.ts';
import { jobSpec } from '../../runner/testing/fake-wire.ts';
import { processesWith } from '../../runner/testing/processes-with.ts';
import { BOOTSTRAP } from '../helpers/plane-process.ts';
import { Program } from '../helpers/program.ts';

const { place } = await probeCgroup(systemClock);
let folder: string;
let plane: FakePlane;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'runner-and-watchdog-'));
  plane = new FakePlane();
  await plane.listen();
});
afterAll(async () => {
  await plane.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Groups of this plane's only runner. */
const groups = (): string[] =>
  [place?.memory ?? '', place?.processes ?? ''].flatMap((at) =>
    existsSync(at) ? readdirSync(at).filter((name) => name.startsWith(groupPrefix(plane.sessionId))) : [],
  );

// Where no groups can be made, nothing finds such a process; the posture says that its limits are not enforced.
test('a job that shed every mark outlives its runner and watchdog until the next start, and no longer', async () => {
  if (place === null) return;
  const word = `cc-shed-${process.pid}`;
  const line = `cd /; env -i setsid sh -c 'trap "" TERM HUP; echo up; while :; do sleep 0.1; done; : ${word}' & wait`;
  const job = jobSpec({ command: { argv: [line], shell: true }, confinement: 'none' });
  const assignment = plane.assign(job);
  plane.queue.push(assignment);
  const target = ['--enrollment', 'enr_1', '--plane-key', plane.fingerprint, '--state-dir', join(folder, 'state')];
  const connected = Program.start(process.execPath, [BOOTSTRAP, 'connect', '--url', plane.url, ...target], {
    input: plane.credential,
  });
  expect((await connected.ended).code).toBe(0);
  const run = [BOOTSTRAP, 'run', ...target, '--work-dir', join(folder, 'work')];
  const runner = Program.start(process.execPath, run);
  const shed = (): number[] =>
    processesWith(word).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('sh\0'));
  await plane.until(() => [...plane.logs.values()].some((log) => log.includes('up')) && shed().length === 1, 20_000);
  const [hidden = 0] = shed();
  const jobId = (assignment.job as { job_id: string }).job_id;
  for (const pid of processesWith('connected-compute-watchdog').filter((each) => processesWith(jobId).includes(each)))
    process.kill(pid, 'SIGKILL');
  await runner.end('SIGKILL');
  // Nobody is there to end it, and nothing but its group tells whose it is.
  expect([isAlive(hidden), groups().length]).toEqual([true, place?.memory === place?.processes ? 1 : 2]);

  const again = Program.start(process.execPath, run);
  await again.prints(/1 control group of an earlier run was still there and was removed\./);
  await plane.until(() => !isAlive(hidden) && processesWith(word).length === 0);
  expect(groups()).toEqual([]);
  await again.prints(/Asking for work/);
  expect(await again.end()).toMatchObject({ code: 0 });
}, 60_000);

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAlive } from '../../runner/proc-table.ts';
import { FakePlane } from '../../runner/testing/fake-plane.ts';
import { jobSpec } from '../../runner/testing/fake-wire.ts';
import { BOOTSTRAP } from '../helpers/plane-process.ts';
import { Program } from '../helpers/program.ts';

/** 20 for each change; a release takes 500: `RUNNER_KILLS=500 npx vitest run test/crash/runner-kill.test.ts`. */
const KILLS = Number(process.env.RUNNER_KILLS ?? 20);
const SIDE_BY_SIDE = 4;
const GONE_WITHIN_MS = 15_000;

/** Ignores SIGTERM, leaves its group and session, forks twice and walks away from its directory. */
const HOSTILE = `
trap "" TERM HUP INT
echo $$
setsid sh -c 'trap "" TERM; echo $$; cd /; while :; do sleep 0.1; done' &
sh -c '(trap "" TERM; cd /; echo $(exec sh -c "echo \\$PPID"); while :; do sleep 0.1; done) & exit 0'
setsid sh -c 'setsid sh -c "trap \\"\\" TERM; echo \\$\\$; while :; do sleep 0.1; done" & exit 0'
while :; do sleep 0.1; done`;
const PROCESSES = 4;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runner-kill-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every process that was started with this job's mark, whoever its parent is now. */
function marked(jobId: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'latin1');
      // The mark first: it is the one look that most processes get, many times a second.
      return environment.split('\0').includes(`CC_JOB_ID=${jobId}`) && isAlive(Number(name)) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Whether the watchdog of this job still looks for its processes. */
const isWatched = (jobId: string): boolean =>
  readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0');
      return words.includes(`CC_JOB_ID=${jobId}`) && isAlive(Number(name));
    } catch {
      return false;
    }
  });

/** A process as a person would want it told: what it is, whose, and what it waits for. */
function told(pid: number): string {
  const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'latin1').replaceAll('\0', ' ').trim();
  try {
    const [, state, parent] = /State:\s+(\S).*PPid:\s+(\d+)/s.exec(read('status')) ?? [];
    return `${pid} ${state} of ${parent} in ${read('wchan')}: ${read('cmdline').slice(0, 300)}`;
  } catch {
    return `${pid}, gone while it was looked at`;
  }
}

/** Runs a hostile job, kills its runner at some moment and returns the processes that are still there in the end. */
async function killOnce(
  plane: FakePlane,
  target: string[],
  { afterMs, confinement }: { afterMs: number; confinement: 'none' | 'required' },
): Promise<string[]> {
  plane.logs.clear();
  plane.seen.length = 0;
  const assignment = plane.assign(jobSpec({ command: { argv: [HOSTILE], shell: true }, confinement }));
  const jobId = (assignment.job as { job_id: string }).job_id;
  plane.queue.push(assignment);
  const runner = Program.start(process.execPath, [BOOTSTRAP, 'run', ...target]);
  await plane.until(() => plane.calls('POST', /\/start$/).length > 0, 30_000);
  // Half of them in the middle of its beginning, half of them with all its processes there.
  if (afterMs % 2 === 0) await plane.until(() => marked(jobId).length >= PROCESSES, 30_000);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await runner.end('SIGKILL');
  // A process that was being made when its runner died comes into sight a moment later: only when the watchdog is done, all is.
  const isOver = () => marked(jobId).length === 0 && !isWatched(jobId);
  await plane.until(isOver, GONE_WITHIN_MS).catch(() => undefined);
  return marked(jobId).map((pid) => `${confinement}, killed after ${afterMs} ms: ${told(pid)}`);
}

describe.runIf(process.platform === 'linux')('a runner that is killed with SIGKILL in mid-job', () => {
  test(`leaves no process behind, ${KILLS} times`, { timeout: 60_000 + KILLS * 15_000 }, async () => {
    let done = 0;
    const left: string[] = [];
    const slots = Array.from({ length: SIDE_BY_SIDE }, async (_, slot) => {
      const plane = new FakePlane();
      await plane.listen();
      const target = [
        '--enrollment',
        'enr_1',
        '--plane-key',
        plane.fingerprint,
        '--state-dir',
        join(folder, `state-${slot}`),
      ];
      const connect = [BOOTSTRAP, 'connect', '--url', plane.url, ...target];
      const connected = await Program.start(process.execPath, connect, { input: plane.credential }).ended;
      expect(connected.code).toBe(0);
      const run = [...target, '--work-dir', join(folder, `work-${slot}`)];
      while (done < KILLS) {
        done += 1;
        const confinement = done % 3 === 0 ? 'none' : 'required';
        left.push(...(await killOnce(plane, run, { afterMs: (done * 37) % 211, confinement })));
      }
      await plane.close();
    });
    await Promise.all(slots);
    expect(left).toEqual([]);
  });
});

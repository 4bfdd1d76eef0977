import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Capabilities } from '../confinement/capabilities.ts';
import { probeCapabilities } from '../confinement/probe.ts';
import { type ContainerFinding, probeContainers } from '../containers/probe-containers.ts';
import { ownSize } from '../limits/limits.ts';
import { isAlive } from '../proc-table.ts';
import { testImage } from '../testing/container-image.ts';
import { DockerSocket } from '../testing/docker-socket.ts';
import { payloadOf, removeJobFolders, startJob, type Watched } from '../testing/execute.ts';
import { processesWith } from '../testing/processes-with.ts';
import { JOB_IMAGE, StandInCluster } from '../testing/stand-in-cluster.ts';
import { ConfinedCommand } from './confined-command.ts';
import { Container } from './container.ts';
import type { Executor } from './executor.ts';
import { Kubernetes } from './kubernetes.ts';
import { OpenCommand } from './open-command.ts';

let found: Capabilities;
let docker: ContainerFinding;
let image = '';
let socket: DockerSocket;
let cluster: StandInCluster;
beforeAll(async () => {
  cluster = await StandInCluster.start();
  image = testImage();
  const surroundings = { platform: process.platform, env: process.env, home: homedir() };
  found = await probeCapabilities(surroundings, systemClock);
  socket = await DockerSocket.open();
  docker = await probeContainers('linux', ['docker']);
}, 60_000);

afterAll(() => Promise.all([socket.close(), cluster.close()]));

const running: Watched[] = [];
afterEach(async () => {
  for (const { execution } of running.splice(0)) await execution.processes.kill(0);
  removeJobFolders();
});

interface Kind {
  name: string;
  make: () => Executor;
  /** Nothing can outlive it, however it hides; of an open command only where control groups hold it. */
  isSealed: boolean;
  /** The job is the first process of its namespace, which no signal from inside ends. */
  isFirst?: boolean;
  /** Its temporary folder is this machine's own. */
  sharesTmp: boolean;
  /** What its receipt has to promise here. */
  holds: () => { memory: boolean; processes: boolean };
  /** Names that what runs it adds to the environment. */
  adds?: string[];
  /** The job as this kind is told it. */
  job: (command: object) => Record<string, unknown>;
}
const asCommand = (command: object) => ({ command });
const asContainer = (command: object) => ({
  kind: 'container',
  command: undefined,
  container: { env: {}, shell: false, image, ...command },
});
/** Docker's own program speaks to podman's socket here: the engine behind it is the same, the words are Docker's. */
const containerOf = (name: 'podman' | 'docker') => {
  const { engine, why } = name === 'podman' ? { engine: found.engine, why: found.posture.detail?.containers } : docker;
  if (engine === null) throw new Error(`${name} does not hold: ${why ?? ''}`);
  return new Container({ engine, registries: [], size: ownSize(), clock: systemClock });
};
/** A stand-in for a cluster's API: no real cluster is there. */
const inCluster = () =>
  new Kubernetes({
    cluster: { settings: cluster.settings, version: '', targets: [] },
    registries: [],
    clock: systemClock,
  });
const asKubernetes = (command: object) => ({
  kind: 'kubernetes',
  command: undefined,
  kubernetes: { env: {}, shell: false, image: JOB_IMAGE, ...command },
  outputs: ['**'],
});
const ofContainers = () => {
  const isHeld = found.engine?.hasLimits === true;
  return { memory: isHeld, processes: isHeld };
};
const ofGroups = () => ({ memory: found.cgroup !== null, processes: found.cgroup !== null });
const CONTAINER = {
  isSealed: true,
  isFirst: true,
  sharesTmp: true,
  holds: ofContainers,
  adds: ['HOSTNAME', 'TERM', 'container'],
  job: asContainer,
};
const ceilings = () => ({ place: found.cgroup, size: ownSize() });
const KINDS: Kind[] = [
  {
    name: 'command',
    make: () => new OpenCommand(systemClock, ceilings()),
    isSealed: false,
    sharesTmp: true,
    holds: ofGroups,
    job: asCommand,
  },
  {
    name: 'confined command',
    make: () =>
      new ConfinedCommand({
        network: 'none',
        version: found.bubblewrap ?? '',
        nodePath: null,
        clock: systemClock,
        ceilings: ceilings(),
      }),
    isSealed: true,
    sharesTmp: true,
    holds: ofGroups,
    job: asCommand,
  },
  { name: 'container', make: () => containerOf('podman'), ...CONTAINER },
  { name: 'container by docker', make: () => containerOf('docker'), ...CONTAINER },
  {
    name: 'kubernetes by a stand-in for its API',
    make: inCluster,
    isSealed: true,
    sharesTmp: false,
    // A cluster holds no number of processes for a pod.
    holds: () => ({ memory: true, processes: false }),
    adds: ['HOSTNAME'],
    job: asKubernetes,
  },
];

const until = async (done: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> => {
  await expect.poll(done, { timeout: withinMs, interval: 20 }).toBe(true);
};

describe.runIf(process.platform === 'linux').each(KINDS)('$name', (kind) => {
  const { name, make, isSealed, isFirst = false, sharesTmp, holds, adds = [], job: asJob } = kind;
  const start = async (
    command: object,
    { secrets = {}, ...over }: { secrets?: Record<string, string>; [field: string]: unknown } = {},
    files: Record<string, string> = {},
  ): Promise<Watched> => {
    const watched = await startJob(
      make(),
      payloadOf({ ...asJob(command), confinement: 'preferred', ...over }),
      secrets,
      (dir) => {
        for (const [path, text] of Object.entries(files)) writeFileSync(join(dir.work, path), text);
      },
    );
    running.push(watched);
    return watched;
  };
  const shell = (line: string, files: Record<string, string> = {}) => start({ argv: [line], shell: true }, {}, files);

  test('gives program, arguments, inputs, both streams, outputs and exit code', async () => {
    const job = await shell(
      'cat in.txt; echo to-err >&2; mkdir -p out/deep; tr a-z A-Z <in.txt >out/deep/o.txt; exit 7',
      { 'in.txt': 'abc\n' },
    );
    expect(await job.ended).toMatchObject({ exitCode: 7, signal: null, leftovers: [] });
    expect([job.stdout(), job.stderr()]).toEqual(['abc\n', 'to-err\n']);
    expect(readFileSync(join(job.dir.work, 'out/deep/o.txt'), 'utf8')).toBe('ABC\n');
  });

  test('passes arguments as they are, with no shell between', async () => {
    const words = ['a b', '$HOME', '; echo x', "it's", '*', '', '-n', 'ü\n2'];
    const job = await start({ argv: ['printf', '[%s]', ...words] });
    expect((await job.ended).exitCode).toBe(0);
    expect(job.stdout()).toBe(words.map((word) => `[${word}]`).join(''));
  });

  test('has an empty standard input', async () => {
    const job = await shell('cat; echo end');
    expect((await job.ended).exitCode).toBe(0);
    expect(job.stdout()).toBe('end\n');
  });

  test('starts from an empty environment: the common names, the declared ones, the secrets, nothing of the runner', async () => {
    process.env.CC_TEST_TOKEN = 'secret';
    const job = await start({ argv: ['env'], env: { CI: '1', CC_FENCE: '999' } }, { secrets: { API_KEY: 'k-123456' } });
    const { exitCode } = await job.ended;
    delete process.env.CC_TEST_TOKEN;
    expect(exitCode).toBe(0);
    const names = job
      .stdout()
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0] as string);
    const own = [
      'API_KEY',
      'ASK_FILE',
      'CC_ATTEMPT',
      'CC_FENCE',
      'CC_JOB_ID',
      'CI',
      'HOME',
      'LANG',
      'PATH',
      'TMPDIR',
      'TZ',
    ];
    // A shell before the job may add where it is, an engine what it is.
    const added = ['PWD', 'OLDPWD', 'SHLVL', '_', ...adds];
    expect(names.filter((each) => !added.includes(each)).sort()).toEqual(own);
    expect(job.stdout()).toContain('API_KEY=k-123456');
    expect(job.stdout()).not.toContain('CC_FENCE=999');
    expect([...job.execution.environmentNames].sort()).toEqual(own);
  });

  test('can write into HOME and TMPDIR, and starts in HOME', async () => {
    const job = await shell('[ "$PWD" = "$HOME" ] && echo t >"$TMPDIR/t" && echo h >"$HOME/h" && cat "$TMPDIR/t" h');
    expect((await job.ended).exitCode).toBe(0);
    expect(job.stdout()).toBe('t\nh\n');
  });

  test('finds what the runner laid into TMPDIR where it is told', async () => {
    if (!sharesTmp) return;
    const job = await shell('echo asked >"$ASK_FILE"');
    expect((await job.ended).exitCode).toBe(0);
    expect(readFileSync(join(job.dir.tmp, 'ask'), 'utf8')).toBe('asked\n');
  });

  test('streams output while the job runs', async () => {
    const job = await shell('echo first; sleep 30');
    await until(() => job.stdout() === 'first\n');
    await job.execution.processes.kill(0);
    expect((await job.ended).leftovers).toEqual([]);
  });

  test('takes megabytes of output whole', async () => {
    const job = await shell('head -c 3000000 /dev/zero | tr "\\0" x');
    expect((await job.ended).exitCode).toBe(0);
    expect(job.stdout().length).toBe(3_000_000);
  });

  test('says in words that there is no such program, and leaves nothing', async () => {
    await expect(start({ argv: ['no-such-program'] })).rejects.toThrow(
      'The program no-such-program was not found on this source.',
    );
  });

  test('tells an end by a signal apart from success', async () => {
    // Not the first process: within a namespace that one cannot be killed from inside.
    const job = await shell(isFirst ? "sh -c 'kill -KILL $$'; exit $?" : 'kill -KILL $$');
    const { exitCode, signal } = await job.ended;
    expect(isSealed ? exitCode : signal).toBe(isSealed ? 137 : 'SIGKILL');
  });

  test('asks a job to end, and a polite one ends by itself', async () => {
    const job = await shell('trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.05; done');
    await until(() => job.stdout() === 'up\n');
    expect(await job.execution.processes.kill(10_000)).toEqual([]);
    expect((await job.ended).exitCode).toBe(5);
    expect(job.stdout()).toBe('up\nbye\n');
  });

  test('kills one that does not listen, with its children in other sessions, when the grace is over', async () => {
    const word = `cc-deaf-${name.replaceAll(' ', '-')}-${process.pid}`;
    const loop = `trap "" TERM; while :; do sleep 0.1; done; : ${word}`;
    const job = await shell(
      `trap "" TERM; setsid sh -c '${loop}' & setsid setsid sh -c '${loop}' & echo up; while :; do sleep 0.1; done; : ${word}`,
    );
    await until(() => job.stdout() === 'up\n' && processesWith(word).length >= 3);
    expect(await job.execution.processes.kill(300)).toEqual([]);
    expect((await job.ended).leftovers).toEqual([]);
    expect(processesWith(word)).toEqual([]);
  });

  test('ends what the job left behind when it was done', async () => {
    const word = `cc-left-${name.replaceAll(' ', '-')}-${process.pid}`;
    const job = await shell(`setsid sh -c 'while :; do sleep 0.1; done; : ${word}' >/dev/null 2>&1 & echo done`);
    expect(await job.ended).toMatchObject({ exitCode: 0, leftovers: [] });
    expect(processesWith(word)).toEqual([]);
  });

  test('freezes and goes on', async () => {
    const job = await shell('i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done');
    await until(() => job.stdout().includes('3\n'));
    job.execution.processes.freeze();
    // What was under way when the signal came is still written (an engine passes it on when it can);
    // after that nothing is, for eight times as long as a line takes.
    let frozen = '';
    await until(async () => {
      frozen = job.stdout();
      await new Promise((resolve) => setTimeout(resolve, 400));
      return job.stdout() === frozen;
    });
    job.execution.processes.thaw();
    await until(() => job.stdout().length > frozen.length + 4);
  });

  const limits = { memory_bytes: 64 * 1024 ** 2, processes: 20 };

  test('holds memory below its ceiling, or its receipt promises none', async () => {
    const line = 'head -c 300000000 /dev/zero | tail -n 1 | wc -c';
    const job = await start({ argv: [line], shell: true }, { limits });
    const { enforced } = await job.ended;
    const isHeld = enforced.limits?.memory_bytes === limits.memory_bytes;
    expect(isHeld).toBe(holds().memory);
    expect(job.stdout().trim() === '300000000').toBe(!isHeld);
    if (found.cgroup === null) expect(found.posture.detail?.limits).toMatch(/^not enforced: ./);
  });

  test('starts no more processes than its ceiling, or its receipt promises none', async () => {
    const line = 'i=0; while [ $i -lt 60 ]; do sleep 1 & i=$((i+1)); done; wait; echo all';
    const job = await start({ argv: [line], shell: true }, { limits });
    const { enforced } = await job.ended;
    const isHeld = enforced.limits?.processes === limits.processes;
    expect(isHeld).toBe(holds().processes);
    expect(job.stdout().includes('all')).toBe(!isHeld);
  });

  const canHide = () => !isSealed && found.cgroup === null;

  test('holds a process that hides from every mark', async () => {
    if (canHide()) return;
    const word = `cc-hidden-${process.pid}`;
    const job = await shell(
      `cd /; env -i setsid sh -c '(env -i setsid sh -c "trap \\"\\" TERM HUP; while :; do sleep 0.1; done; : ${word}" </dev/null >/dev/null 2>&1 &)' & echo up; sleep 0.3`,
    );
    expect(await job.ended).toMatchObject({ exitCode: 0, leftovers: [] });
    expect(processesWith(word)).toEqual([]);
  });

  test('survives nothing of a bomb of forks', async () => {
    if (canHide()) return;
    const word = `cc-bomb-${process.pid}`;
    const job = await shell(
      `echo up; i=0; while [ $i -lt 150 ]; do setsid sh -c 'trap "" TERM; while :; do sh -c "sleep 0.2"; done; : ${word}' & i=$((i+1)); done; wait`,
    );
    await until(() => processesWith(word).length > 100);
    const before = performance.now();
    expect(await job.execution.processes.kill(0)).toEqual([]);
    expect(performance.now() - before).toBeLessThan(15_000);
    expect(processesWith(word)).toEqual([]);
    await job.ended;
    expect(isAlive(process.pid)).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('the same job set through every executor', () => {
  const JOBS = [
    { line: 'sort <in.txt | tee out.txt', code: 0 },
    { line: 'wc -c <in.txt >out.txt; exit 3', code: 3 },
    { line: 'echo "$CC_JOB_ID" >/dev/null; echo e >&2; printf x >out.txt', code: 0 },
  ];
  test('gives the same outputs, exit codes and streams', async () => {
    const seen: string[] = [];
    for (const { make, job: asJob } of KINDS) {
      const results: unknown[] = [];
      for (const { line, code } of JOBS) {
        const payload = payloadOf(asJob({ argv: [line], shell: true }));
        const job = await startJob(make(), payload, {}, (dir) => writeFileSync(join(dir.work, 'in.txt'), 'b\na\n'));
        const { exitCode, signal, leftovers } = await job.ended;
        expect(exitCode).toBe(code);
        results.push([
          exitCode,
          signal,
          leftovers,
          job.stdout(),
          job.stderr(),
          readFileSync(join(job.dir.work, 'out.txt'), 'utf8'),
        ]);
      }
      seen.push(JSON.stringify(results));
    }
    expect(new Set(seen).size).toBe(1);
  });
});

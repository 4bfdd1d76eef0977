import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../clock.ts';
import { podName } from '../kubernetes/manifests.ts';
import { sweepCluster } from '../kubernetes/sweep-cluster.ts';
import { payloadOf, removeJobFolders, startJob, type Watched } from '../testing/execute.ts';
import { JOB_IMAGE, StandInCluster } from '../testing/stand-in-cluster.ts';
import { makeAttemptDir } from '../work-dir.ts';
import { Kubernetes } from './kubernetes.ts';

let cluster: StandInCluster;
beforeAll(async () => {
  cluster = await StandInCluster.start();
});
afterAll(() => cluster.close());
afterEach(async () => {
  cluster.isDown = false;
  cluster.enforcesRules = true;
  // Whatever a test did to it, nothing of a job stays.
  await expect.poll(() => [cluster.jobs.size, cluster.pods.size], { timeout: 30_000 }).toEqual([0, 0]);
  removeJobFolders();
});

const found = () => ({ settings: cluster.settings, version: '', targets: [] });
interface Start {
  silenceS?: number;
  clock?: Clock;
  registries?: string[];
  secrets?: Record<string, string>;
  outputs?: string[];
  files?: Record<string, string>;
}
const start = (
  section: object,
  { silenceS = 60, clock = systemClock, registries = [], secrets = {}, outputs = [], files = {} }: Start = {},
) =>
  startJob(
    new Kubernetes({ cluster: found(), registries, clock, silenceS }),
    payloadOf({ kind: 'kubernetes', kubernetes: { image: JOB_IMAGE, ...section }, outputs }),
    secrets,
    (dir) => {
      for (const [path, text] of Object.entries(files)) writeFileSync(join(dir.work, path), text);
    },
  );
const shell = (line: string, more: Start = {}): Promise<Watched> => start({ argv: [line], shell: true }, more);

describe.runIf(process.platform === 'linux')('a Kubernetes job, against a stand-in for the API', () => {
  test('leaves nothing of itself in what the cluster stores, records or logs', async () => {
    cluster.created.splice(0);
    const job = await start(
      {
        argv: ['echo "word-of-argv $TOKEN $PLAIN"; cat in.txt; echo word-of-stderr >&2'],
        shell: true,
        env: { PLAIN: 'word-of-env' },
      },
      { secrets: { TOKEN: "word-of-'secret'\n2" }, files: { 'in.txt': 'word-of-input\n' } },
    );
    expect((await job.ended).exitCode).toBe(0);
    expect(job.stdout()).toBe("word-of-argv word-of-'secret'\n2 word-of-env\nword-of-input\n");
    const told = JSON.stringify([cluster.created, cluster.calls]) + cluster.kept;
    expect(told).not.toContain('word-of-');
    expect(cluster.created.map(({ kind }) => kind)).toContain('Job');
  }, 60_000);

  test('asks for all that holds it, and the rule that cuts its network is there before it', async () => {
    cluster.created.splice(0);
    cluster.rules.clear();
    const job = await start({ argv: ['true'] });
    expect((await job.ended).enforced).toEqual({
      files: 'confined',
      network: 'none',
      pid: 'namespace',
      engine: 'kubernetes',
      image: `sha256:${'a'.repeat(64)}`,
      limits: { by: 'container', memory_bytes: 1024 ** 3, cpu_milli: 1_000 },
    });
    const [rule, made] = cluster.created;
    expect(rule).toMatchObject({ kind: 'NetworkPolicy', spec: { policyTypes: ['Ingress', 'Egress'] } });
    expect(rule?.spec).not.toHaveProperty('egress');
    const { spec } = made as unknown as {
      spec: { template: { metadata: { labels: object }; spec: Record<string, unknown> } };
    };
    expect(spec).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: 600, activeDeadlineSeconds: 660 });
    expect(spec.template.metadata.labels).toMatchObject({ 'connected-compute/network': 'none' });
    expect(spec.template.spec).toMatchObject({
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      hostNetwork: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const each of [spec.template.spec.initContainers, spec.template.spec.containers].flat())
      expect(each).toMatchObject({
        resources: { limits: { memory: expect.any(String), cpu: expect.any(String) } },
        securityContext: {
          allowPrivilegeEscalation: false,
          privileged: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      });
  }, 60_000);

  test('reaches nothing, and never starts where the cluster does not cut its network', async () => {
    const job = await shell('nc -w 2 127.0.0.1 1 </dev/null; cat /proc/net/dev | grep -c :');
    await job.ended;
    expect(job.stdout()).toBe('1\n');
    cluster.enforcesRules = false;
    await expect(start({ argv: ['true'] })).rejects.toThrow(/does not enforce network rules.*so nothing was run\.$/);
  }, 60_000);

  test('loses and doubles no byte when its connections are cut and the API is away for a while', async () => {
    const job = await shell(
      'i=0; while [ $i -lt 60 ]; do echo "line $i"; echo "bad $i" >&2; i=$((i+1)); sleep 0.1; done',
      {
        outputs: ['**'],
      },
    );
    for (const line of [5, 20]) {
      await expect.poll(() => job.stdout().includes(`line ${line}\n`), { timeout: 30_000 }).toBe(true);
      cluster.isDown = true;
      cluster.cut();
      await expect.poll(() => cluster.calls.length, { timeout: 5_000 }).toBeGreaterThan(cluster.calls.length + 3);
      cluster.isDown = false;
    }
    expect(await job.ended).toMatchObject({ exitCode: 0, leftovers: [] });
    const lines = (word: string): string => Array.from({ length: 60 }, (_, i) => `${word} ${i}\n`).join('');
    expect([job.stdout(), job.stderr()]).toEqual([lines('line'), lines('bad')]);
  }, 60_000);

  test('is over when the API stays away longer than its pod goes on alone', async () => {
    // Ten times as fast: the runner waits a minute and more for an API that is gone.
    const fast: Clock = {
      now: () => ({ monoMs: performance.now() * 10, wallMs: Date.now() }),
      sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
      after: (ms, run) => systemClock.after(ms / 10, run),
      every: (ms, run) => systemClock.every(ms / 10, run),
    };
    const job = await shell('echo up; while :; do sleep 1; done', {
      silenceS: 10,
      clock: fast,
      outputs: ['**'],
      files: { in: 'x' },
    });
    await expect.poll(job.stdout, { timeout: 30_000 }).toBe('up\n');
    cluster.isDown = true;
    cluster.cut();
    const { exitCode, detail, leftovers } = await job.ended;
    expect([exitCode, leftovers]).toEqual([137, [1]]);
    expect(detail).toMatch(
      /^The cluster's API did not answer for 25 s, in which its pod ended itself\..* was not seen to be gone\.$/,
    );
    // What was put in is no output.
    expect(readdirSync(job.dir.work)).toEqual([]);
    cluster.isDown = false;
    expect(await sweepCluster(found(), 'ses_1', {}, systemClock)).toBe(1);
  }, 60_000);

  test('is not begun when it is stopped while its files are on their way', async () => {
    const halt = new AbortController();
    const folder = mkdtempSync(join(tmpdir(), 'cc-halt-'));
    const dir = makeAttemptDir(folder, 'lse', 1);
    const big = join(dir.work, 'big');
    writeFileSync(big, '');
    truncateSync(big, 300 * 1024 ** 2);
    const payload = payloadOf({ kind: 'kubernetes', kubernetes: { image: JOB_IMAGE, argv: ['true'] } });
    const common = { attempt: 1, declared: {}, secrets: {}, extra: {}, signal: halt.signal };
    const starting = new Kubernetes({ cluster: found(), registries: [], clock: systemClock }).start({
      payload,
      dir,
      ...common,
    });
    const isSending = () =>
      cluster.calls.some((call) => call.includes(podName(payload.lease_id, payload.fence)) && call.includes('head+-c'));
    await expect.poll(isSending, { timeout: 30_000 }).toBe(true);
    halt.abort();
    await expect(starting).rejects.toThrow('stopped before it began');
    rmSync(folder, { recursive: true });
  }, 60_000);

  test('ends by itself when nothing is heard from its runner, as when that was killed', async () => {
    const job = await shell('trap "" TERM; setsid sh -c "sleep 1000" & while :; do sleep 1; done', { silenceS: 8 });
    expect(await job.ended).toMatchObject({ exitCode: 137, leftovers: [] });
  }, 60_000);

  test('is told apart from success when its pod is taken away', async () => {
    const job = await shell('trap "" TERM; echo up; while :; do sleep 1; done');
    await expect.poll(job.stdout, { timeout: 30_000 }).toBe('up\n');
    for (const pod of cluster.pods.values()) pod.delete(1);
    const { exitCode, detail } = await job.ended;
    expect([exitCode, detail]).toEqual([137, expect.stringMatching(/^Its pod was removed from the cluster/)]);
  }, 60_000);

  test('is ended also when the API is away at first', async () => {
    const job = await shell('trap "" TERM; echo up; while :; do sleep 1; done');
    await expect.poll(job.stdout, { timeout: 30_000 }).toBe('up\n');
    cluster.isDown = true;
    const before = cluster.calls.length;
    const killed = job.execution.processes.kill(0);
    await expect.poll(() => cluster.calls.length, { timeout: 30_000 }).toBeGreaterThan(before + 10);
    cluster.isDown = false;
    expect(await killed).toEqual([]);
    expect(await job.ended).toMatchObject({ exitCode: 137, leftovers: [] });
  }, 60_000);

  test('hears that its pod is asked to end', async () => {
    const job = await shell('trap "echo bye; exit 4" TERM; echo up; while :; do sleep 0.1; done');
    await expect.poll(job.stdout, { timeout: 30_000 }).toBe('up\n');
    for (const pod of cluster.pods.values()) pod.delete(10);
    expect((await job.ended).exitCode).toBe(4);
    expect(job.stdout()).toBe('up\nbye\n');
  }, 60_000);

  test('fetches its image only from a registry that the owner named', async () => {
    const image = `10.0.0.1:5000/x@sha256:${'c'.repeat(64)}`;
    await expect(start({ image, argv: ['true'] })).rejects.toThrow('--image-registry 10.0.0.1:5000');
    await expect(start({ image, argv: ['true'] }, { registries: ['10.0.0.1:5000'] })).rejects.toThrow(
      'ImagePullBackOff',
    );
  }, 60_000);

  test('gives what it declared and nothing else, and no link leads out of the work directory', async () => {
    const line = [
      'mkdir -p out/deep other; echo a >out/a; ln out/a out/b; ln -s /etc/passwd out/link; ln -s / out/root; mkfifo out/pipe',
      `echo x >"out/$(printf 'new\\nline')"; printf "%0200d" 7 >out/deep/$(printf "%0150d" 1); echo n >other/no`,
      'echo run >out/run; chmod 755 out/run; dd if=/dev/zero of=out/big bs=1024 count=3000 2>/dev/null',
    ].join('; ');
    const job = await shell(line, { outputs: ['out/**'], files: { 'in.txt': 'x' } });
    expect(await job.ended).toMatchObject({ exitCode: 0 });
    const { work } = job.dir;
    expect(readdirSync(work)).toEqual(['out']);
    expect(readFileSync(join(work, 'out/deep', '1'.padStart(150, '0')), 'utf8')).toBe('7'.padStart(200, '0'));
    expect([readlinkSync(join(work, 'out/link')), lstatSync(join(work, 'out/a')).nlink]).toEqual(['/etc/passwd', 2]);
    expect([lstatSync(join(work, 'out/run')).mode & 0o111, lstatSync(join(work, 'out/big')).size]).toEqual([
      0o100, 3_072_000,
    ]);
    expect(readdirSync(join(work, 'out')).sort()).toEqual([
      'a',
      'b',
      'big',
      'deep',
      'link',
      'new\nline',
      'root',
      'run',
    ]);
  }, 60_000);

  test('is removed at the next start of a runner that was killed, and no other runner’s is', async () => {
    const job = await shell('while :; do sleep 1; done');
    expect(await sweepCluster(found(), 'ses_other', {}, systemClock)).toBe(0);
    expect(cluster.pods.size).toBe(1);
    expect(await sweepCluster(found(), 'ses_1', {}, systemClock)).toBe(1);
    expect(cluster.pods.size).toBe(0);
    await job.ended;
  }, 60_000);
});

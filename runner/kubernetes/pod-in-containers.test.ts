import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ContainerEngine, engineStep, removeArgs, type StepResult } from '../containers/engine.ts';
import { probeContainers } from '../containers/probe-containers.ts';
import { testImage } from '../testing/container-image.ts';
import { jobManifest, type PodPlan } from './manifests.ts';
import { GO_SCRIPT, helper, RECEIVE_SCRIPT, REST_SCRIPT, SAY_SCRIPT, startFiles } from './pod-scripts.ts';
import { TarWriter } from './tar-write.ts';

/** One container of the pod, as its manifest has it. */
interface Container {
  image: string;
  command: string[];
  workingDir: string;
  volumeMounts: { name: string; mountPath: string; readOnly: boolean }[];
}

let engine: ContainerEngine;
let folder: string;
let pod: { initContainers: Container[]; containers: Container[]; volumes: { name: string }[] };
const names: string[] = [];

/** What the manifest asks of a cluster, told to an engine: user, rights, read-only root, volumes. */
function flagsOf({ image, command, workingDir, volumeMounts }: Container, name: string): string[] {
  const mounts = volumeMounts.map(
    ({ name: volume, mountPath, readOnly }) =>
      `type=bind,source=${join(folder, volume)},target=${mountPath}${readOnly ? ',readonly' : ''}`,
  );
  names.push(name);
  return [
    ...['--name', name, '--pull', 'never', '--network', 'none', '--read-only', '--read-only-tmpfs=false'],
    ...['--user', '65532:65532', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--workdir', workingDir],
    ...['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096'],
    ...mounts.flatMap((mount) => ['--mount', mount]),
    ...['--entrypoint', JSON.stringify(command), image],
  ];
}
const step = (...args: string[]): Promise<StepResult> => engineStep(engine, args);
const inside = (argv: string[], stdin?: Buffer): Promise<StepResult> =>
  engineStep(engine, ['exec', '--interactive', 'cc-pod-beside', ...argv], stdin === undefined ? {} : { stdin });
const say = (word: string): Promise<StepResult> => inside(helper(SAY_SCRIPT, word));
/** "S sh", "T sleep" and so on: state and program of each process of the job's container. */
const processes = async (which: RegExp): Promise<string[]> =>
  (await step('top', 'cc-pod-job', 'state', 'comm')).stdout.split('\n').filter((line) => which.test(line));

beforeAll(async () => {
  const found = await probeContainers('linux', ['podman']);
  if (found.engine === null) throw new Error(`podman does not hold: ${found.why}`);
  engine = found.engine;
  folder = mkdtempSync(join(tmpdir(), 'cc-pod-'));
  const image = testImage();
  const limits = { memoryBytes: 1e8, cpuMilli: 500, processes: 0 };
  const plan: PodPlan = {
    ...{ name: 'cc-pod', labels: {}, network: 'none', image, mayFetch: false, helperImage: image },
    ...{ limits, deadlineS: 60, silenceS: 60 },
  };
  pod = jobManifest(plan, 'jobs').spec.template.spec as unknown as typeof pod;
  for (const { name } of pod.volumes) {
    mkdirSync(join(folder, name));
    chmodSync(join(folder, name), 0o777);
  }
}, 60_000);
afterAll(async () => {
  for (const name of names) await engineStep(engine, removeArgs(engine, name));
  rmSync(folder, { recursive: true, force: true });
});

/** The stand-in for a cluster runs the same in lighter boxes; here it is held by a real runtime as the manifest says. */
describe.runIf(process.platform === 'linux')('the containers of a pod, in real ones of podman', () => {
  test('start the job at its word, hold it, freeze it, end it, and keep what it wrote', async () => {
    const [prepare] = pod.initContainers as [Container];
    const [job, beside] = pod.containers as [Container, Container];
    expect(await step('run', '--rm', ...flagsOf(prepare, 'cc-pod-prepare'))).toMatchObject({ code: 0, reason: '' });
    for (const [each, name] of [
      [job, 'cc-pod-job'],
      [beside, 'cc-pod-beside'],
    ] as const)
      expect((await step('run', '--detach', ...flagsOf(each, name))).code).toBe(0);

    const line = [
      'cat in.txt; echo problem >&2; id -u; echo again >/dev/stdout',
      '(: >/x) 2>/dev/null && echo leak:root; (: >/.cc/x) 2>/dev/null && echo leak:control; echo "$WORD"',
      'trap "echo bye; exit 5" TERM; setsid sh -c "trap \'\' TERM; while :; do sleep 0.2; done" & echo up',
      'while :; do sleep 0.2; done',
    ].join('; ');
    const archive = new TarWriter();
    archive.addText('job/in.txt', 'came\n');
    for (const [name, text] of Object.entries(startFiles(['sh', '-c', line], { WORD: "it's\nit" })))
      archive.addText(`cc/${name}`, text);
    archive.addText('cc/sent', '');
    const chunks: Buffer[] = [];
    for await (const chunk of archive.bytes()) chunks.push(chunk);
    const sent = await inside(helper(RECEIVE_SCRIPT, String(archive.sizeBytes)), Buffer.concat(chunks));
    expect(sent).toMatchObject({ code: 0, reason: '' });
    expect((await inside(helper(GO_SCRIPT))).stdout).toBe('started');

    await expect.poll(() => processes(/sleep$/), { timeout: 30_000 }).not.toEqual([]);
    await say('stop');
    await expect.poll(() => processes(/^T /), { timeout: 30_000 }).not.toEqual([]);
    await say('continue');
    await say('term');
    const ended = () => step('inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', 'cc-pod-job');
    await expect.poll(async () => (await ended()).stdout, { timeout: 30_000 }).toBe('exited 5');
    const rest = await inside(helper(REST_SCRIPT, '1', '1'));
    expect(rest.stdout).toBe("came\n65532\nagain\nit's\nit\nup\nbye");
    expect((await step('logs', 'cc-pod-job')).stdout).toBe('');
  }, 90_000);
});

import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testImage } from '../../runner/testing/container-image.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';

let plane: PlaneProcess;
let image = '';
let made: Parsed;
beforeAll(async () => {
  image = testImage();
  plane = await PlaneProcess.start(['--lease-ttl-ms', '5000']);
  made = await plane.connected('docker-1', { kind: 'docker_host', capacity: 2 });
}, 60_000);
afterAll(() => plane.close());

const containers = (): string[] =>
  execFileSync('podman', ['ps', '--all', '--format', '{{.Names}}'], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => name.startsWith('cc-lse_'));
const LINE =
  'read word <in/a.txt; echo "got $word"; echo problem >&2; mkdir -p out; sort in/b.txt >out/sorted.txt; exit 3';
/** The same work, told to each kind of executor. */
const program = { argv: [LINE], shell: true, env: { CI: '1' } };
const KINDS: Record<string, object> = {
  command: { command: program, confinement: 'none' },
  'confined command': { command: program, confinement: 'required' },
  container: {
    kind: 'container',
    container: {
      ...program,
      get image() {
        return image;
      },
    },
  },
};
const job = (more: object) => ({
  wu_id: 'WU-1',
  title: 'Sort',
  inputs: [
    { path: 'in/a.txt', text: 'ready\n' },
    { path: 'in/b.txt', text: 'b\na\nc\n' },
  ],
  outputs: ['out/**'],
  final_exit_codes: [3],
  ...more,
});
const runOnce = () => plane.paste(made.commands.bash.run as string).ended;
const receiptOf = async (jobId: string): Promise<Parsed> => {
  const { items } = (await plane.call('jobReceipts', { params: { job_id: jobId } })).json;
  return items.find((item: Parsed) => item.kind === 'run').statement;
};

describe('the same job as a command, confined, and in a container', () => {
  test('gives the same outputs, log, exit and receipt but for what was enforced', async () => {
    const seen: Record<string, unknown> = {};
    const enforced: Record<string, Parsed> = {};
    for (const [name, more] of Object.entries(KINDS)) {
      const { job_id: jobId } = await plane.submit(job(more));
      expect((await runOnce()).code).toBe(1);
      const found = await plane.job(jobId);
      expect([name, found.state]).toEqual([name, 'failed']);
      const { subject, predicate } = await receiptOf(jobId);
      enforced[name] = predicate.confinement.enforced;
      seen[name] = {
        subjects: subject.slice(1),
        command: predicate.command_digest,
        names: predicate.environment_names,
        outcome: [predicate.outcome, predicate.exit_code, predicate.signal],
        outputs: [predicate.output_count, predicate.outputs_digest],
        log: predicate.log,
        rest: [predicate.leftovers, predicate.redactions, predicate.runner_version],
        artifacts: found.attempts[0].artifacts,
      };
    }
    expect(seen.container).toEqual(seen.command);
    expect(seen['confined command']).toEqual(seen.command);
    expect(enforced.command).toMatchObject({ files: 'none', network: 'not_enforced', pid: 'group' });
    expect(enforced['confined command']).toMatchObject({ files: 'confined', network: 'none', pid: 'namespace' });
    expect(enforced.container).toMatchObject({
      files: 'confined',
      network: 'none',
      pid: 'namespace',
      engine: 'podman',
      image: image.split('@')[1],
      limits: { by: 'container' },
    });
  }, 60_000);
});

describe('a container', () => {
  test('is gone when its job is canceled, with all that hid in it', async () => {
    const hidden = 'trap "" TERM; setsid sh -c \'trap "" TERM; while :; do sleep 1; done\' & while :; do sleep 1; done';
    const { job_id: jobId } = await plane.submit(
      job({ kind: 'container', container: { image, argv: [hidden], shell: true } }),
    );
    const run = runOnce();
    await plane.untilJob(jobId, 'running');
    await expect.poll(containers, { timeout: 10_000 }).toHaveLength(1);
    expect((await plane.call('jobCancel', { params: { job_id: jobId }, body: {} })).status).toBe(200);
    await run;
    expect((await plane.job(jobId)).state).toBe('canceled');
    expect(containers()).toEqual([]);
  }, 60_000);

  test('does not outlive its runner that is killed', async () => {
    const { job_id: jobId } = await plane.submit(
      job({ kind: 'container', container: { image, argv: ['sleep', '1000'] }, max_attempts: 1 }),
    );
    const runner = plane.paste(made.commands.bash.run as string);
    await plane.untilJob(jobId, 'running');
    await expect.poll(containers, { timeout: 10_000 }).toHaveLength(1);
    await runner.end('SIGKILL');
    await expect.poll(containers, { timeout: 15_000 }).toEqual([]);
    await plane.call('jobCancel', { params: { job_id: jobId }, body: {} });
  }, 60_000);

  test('is ended when it needs more memory than it may have, and the machine is not', async () => {
    const eat = 'x=$(head -c 200000000 /dev/zero | tr "\\0" x); echo all';
    const limits = { memory_bytes: 64 * 1024 ** 2 };
    const { job_id: jobId } = await plane.submit(
      job({ kind: 'container', container: { image, argv: [eat], shell: true }, limits, max_attempts: 1 }),
    );
    await runOnce();
    const found = await plane.job(jobId);
    expect([found.attempts[0].outcome, found.attempts[0].exit_code]).toEqual(['failed', 137]);
    const { predicate } = await receiptOf(jobId);
    expect(predicate.confinement.enforced.limits).toMatchObject({ by: 'container', memory_bytes: 64 * 1024 ** 2 });
  }, 60_000);

  test('is not fetched from a registry that the owner did not name', async () => {
    const elsewhere = `10.0.0.1:5000/x@sha256:${'a'.repeat(64)}`;
    const { job_id: jobId } = await plane.submit(
      job({ kind: 'container', container: { image: elsewhere }, max_attempts: 1 }),
    );
    await runOnce();
    expect((await plane.job(jobId)).attempts[0].end_reason).toContain('--image-registry 10.0.0.1:5000');
  }, 60_000);
});

test('a checkout from a host that the owner did not name fails in words, and nothing was dialled', async () => {
  const checkout = { repo: 'https://git.example/x.git', commit: 'c'.repeat(40) };
  const command = { argv: ['true'] };
  const { job_id: jobId } = await plane.submit({ ...job({ command, checkout, max_attempts: 1 }), outputs: [] });
  await runOnce();
  expect((await plane.job(jobId)).attempts[0].end_reason).toContain('--checkout-host git.example');
}, 60_000);

test('waits, with the reason, where no source has an engine', async () => {
  const { job_id: jobId } = await plane.submit(
    job({ kind: 'container', container: { image }, network: 'egress', egress: ['example.com:443'] }),
  );
  const explained = (await plane.call('jobExplain', { params: { job_id: jobId } })).json;
  expect(explained.sentence).toContain('No source that fits has a container engine that can hold this job.');
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JOB_IMAGE, StandInCluster } from '../../runner/testing/stand-in-cluster.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';

let plane: PlaneProcess;
let cluster: StandInCluster;
let made: Parsed;
beforeAll(async () => {
  cluster = await StandInCluster.start();
  plane = await PlaneProcess.start();
  process.env.API_KEY = 'canary-of-the-cluster-4711';
  made = await plane.connected('k8s-1', { kind: 'kubernetes_worker', capacity: 2 });
}, 60_000);
afterAll(async () => {
  delete process.env.API_KEY;
  await plane.close();
  await cluster.close();
});

const LINE =
  'read word <in/a.txt; echo "got $word"; echo "token $API_KEY" >&2; mkdir -p out; sort in/b.txt >out/sorted.txt; exit 3';
const job = (more: object = {}) => ({
  wu_id: 'WU-1',
  title: 'Sort',
  kind: 'kubernetes',
  kubernetes: { image: JOB_IMAGE, argv: [LINE], shell: true, env: { CI: '1' } },
  inputs: [
    { path: 'in/a.txt', text: 'ready\n' },
    { path: 'in/b.txt', text: 'b\na\nc\n' },
  ],
  outputs: ['out/**'],
  final_exit_codes: [3],
  confinement: 'required',
  ...more,
});
/** The runner as its printed command starts it, with what its owner says of the cluster. */
const run = (isOnce = true) => {
  const { kubeconfig, helperImage } = cluster.settings;
  const command = isOnce ? made.commands.bash.run : made.commands.bash.run.replace('run --once', 'run');
  return plane.paste(`${command} --kube-helper ${helperImage} --kubeconfig ${kubeconfig} --secret-env API_KEY`);
};
const log = async (jobId: string, stream: string): Promise<string> =>
  (await plane.call('jobLog', { params: { job_id: jobId }, query: { stream } })).json.data;
const posture = async (): Promise<Parsed> =>
  (await plane.call('source', { params: { source_id: made.source_id } })).json.posture;

describe('a Kubernetes job through the real plane and runner, the cluster being a stand-in for its API', () => {
  test('waits with a clear reason until a source reaches a cluster that holds', async () => {
    const { job_id: jobId } = await plane.submit(job());
    const { sentence } = (await plane.call('jobExplain', { params: { job_id: jobId } })).json;
    expect(sentence).toContain('No source that fits reaches a cluster that can hold this job.');
    cluster.enforcesRules = false;
    const runner = run(false);
    await expect.poll(posture, { timeout: 40_000 }).toMatchObject({
      kubernetes: false,
      detail: { cluster: expect.stringContaining('does not enforce network rules') },
    });
    expect((await plane.job(jobId)).state).toBe('queued');
    expect(cluster.created.some(({ metadata }) => metadata.name.startsWith('cc-lse'))).toBe(false);
    await runner.end('SIGTERM');
    cluster.enforcesRules = true;
    expect((await plane.call('jobCancel', { params: { job_id: jobId }, body: {} })).status).toBe(200);
  }, 90_000);

  test('is assigned, runs, and comes back with log, outputs and receipt, its secret seen nowhere', async () => {
    const { job_id: jobId } = await plane.submit(job({ secrets: ['API_KEY'] }));
    expect((await run().ended).code).toBe(1);
    const found = await plane.job(jobId);
    expect([found.state, found.attempts[0].exit_code, found.attempts[0].source_name]).toEqual(['failed', 3, 'k8s-1']);
    expect(await log(jobId, 'stdout')).toBe('got ready\n');
    expect(await log(jobId, 'stderr')).toMatch(/^token (?!canary)/);
    const [artifact] = found.attempts[0].artifacts;
    expect(artifact).toMatchObject({ path: 'out/sorted.txt', size_bytes: 6 });
    const { items } = (await plane.call('jobReceipts', { params: { job_id: jobId } })).json;
    const { predicate } = items.find((item: Parsed) => item.kind === 'run').statement;
    expect(predicate).toMatchObject({ outcome: 'failed', exit_code: 3, output_count: 1, leftovers: 0, redactions: 1 });
    expect(predicate.confinement).toMatchObject({
      asked: 'required',
      enforced: { files: 'confined', network: 'none', engine: 'kubernetes', image: JOB_IMAGE.split('@')[1] },
    });
    expect(JSON.stringify([cluster.created, cluster.calls]) + cluster.kept).not.toContain('canary-of-the-cluster');
    expect([cluster.jobs.size, cluster.pods.size]).toEqual([0, 0]);
    expect((await posture()).kubernetes).toBe(true);
  }, 60_000);

  test('is gone from the cluster when it is canceled', async () => {
    const hidden = 'trap "" TERM; setsid sh -c \'while :; do sleep 1; done\' & while :; do sleep 1; done';
    const { job_id: jobId } = await plane.submit(
      job({ kubernetes: { image: JOB_IMAGE, argv: [hidden], shell: true } }),
    );
    const runner = run();
    await plane.untilJob(jobId, 'running');
    await expect.poll(() => cluster.pods.size, { timeout: 30_000 }).toBe(1);
    expect((await plane.call('jobCancel', { params: { job_id: jobId }, body: {} })).status).toBe(200);
    await runner.ended;
    expect((await plane.job(jobId)).state).toBe('canceled');
    expect([cluster.jobs.size, cluster.pods.size]).toEqual([0, 0]);
  }, 60_000);

  test('is removed when its runner, which was killed, comes back, and is tried again', async () => {
    const { job_id: jobId } = await plane.submit(
      job({ kubernetes: { image: JOB_IMAGE, argv: ['[ "$CC_ATTEMPT" = 2 ] || sleep 1000'], shell: true } }),
    );
    const first = run();
    await plane.untilJob(jobId, 'running');
    await expect.poll(() => cluster.pods.size, { timeout: 30_000 }).toBe(1);
    await first.end('SIGKILL');
    const before = [...cluster.pods.keys()];
    const second = run(false);
    await plane.untilJob(jobId, 'succeeded');
    expect([...cluster.pods.keys()].filter((name) => before.includes(name))).toEqual([]);
    await second.end('SIGTERM');
  }, 90_000);

  test('asks a person midway, and hears the answer', async () => {
    const line =
      'echo \'{"reason":"Drop the old table"}\' >>"$CC_APPROVAL_REQUESTS"; ' +
      'until [ -s "$CC_APPROVAL_ANSWERS" ]; do sleep 0.2; done; cat "$CC_APPROVAL_ANSWERS"';
    const { job_id: jobId } = await plane.submit(
      job({ kubernetes: { image: JOB_IMAGE, argv: [line], shell: true }, approval: { when: 'on_request' } }),
    );
    const runner = run();
    await expect.poll(async () => (await plane.job(jobId)).waiting_on, { timeout: 40_000 }).toBe('approval');
    const { approval_id: approvalId } = await plane.job(jobId);
    await plane.call('approvalDecide', { params: { approval_id: approvalId }, body: { decision: 'approved' } });
    await runner.ended;
    expect((await plane.job(jobId)).state).toBe('succeeded');
    expect(await log(jobId, 'stdout')).toContain('"status":"approved"');
  }, 90_000);

  test('is examined by doctor, which says what to do', async () => {
    const { kubeconfig, helperImage } = cluster.settings;
    const doctor = async (more: string): Promise<Parsed> => {
      const { stdout } = await plane.paste(`${made.commands.bash.doctor} --json ${more}`).ended;
      return JSON.parse(stdout.trim()).checks.find(({ id }: Parsed) => id === 'cluster');
    };
    expect(await doctor('')).toMatchObject({ applicable: false });
    expect(await doctor(`--kube-helper ${helperImage} --kubeconfig ${kubeconfig}`)).toMatchObject({ passed: true });
    const found = await doctor(`--kube-helper ${helperImage} --kubeconfig ${kubeconfig}.none`);
    expect(found).toMatchObject({ passed: false, fix: expect.stringContaining('--kubeconfig FILE') });
  }, 60_000);
});

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Machine, machine } from '../../src-server/contract/console.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';

/** This machine as a runner of the control plane that `serve` runs, through the console's own host. */
let plane: PlaneProcess;
const PATIENCE = { timeout: 20_000, interval: 100 };
beforeAll(async () => {
  plane = await PlaneProcess.start();
});
afterAll(() => plane?.close());

const ask = async (method: string, path = '', body?: unknown, bearer = plane.file.operator_token): Promise<Parsed> => {
  const response = await fetch(`${plane.url}/console/machine${path}`, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
};
const now = async (): Promise<Machine> => machine.parse(await ask('GET'));
const until = (state: Machine['state']): Promise<Machine> =>
  expect
    .poll(async () => (await now()).state, PATIENCE)
    .toBe(state)
    .then(now);
const submit = async (title: string, argv: string[]): Promise<Parsed> =>
  (await plane.call('jobSubmit', { body: { wu_id: 'WU-1', title, command: { argv } }, key: `machine-${title}` })).json;
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

test('is enrolled in one step, by a credential that leaves no trace, and runs a job', async () => {
  expect(await now()).toMatchObject({ state: 'unused', enrollment: null });
  const used = await ask('POST', '/use', { workspace_id: plane.file.workspace_id, name: 'this-laptop' });
  expect(used.enrollment).toMatchObject({ name: 'this-laptop', workspace_id: plane.file.workspace_id });
  await until('running');
  const { job_id: id } = await submit('Here', ['node', '--version']);
  const done = await plane.untilJob(id, 'succeeded');
  expect(done.attempts[0].source_id).toBe(used.enrollment.source_id);
  const dir = join(plane.dataDir, 'console', 'machine');
  expect(readdirSync(dir)).not.toContain('credential');
  if (process.platform !== 'win32') expect(statSync(join(dir, 'machine.json')).mode & 0o777).toBe(0o600);
  expect((await ask('GET', '/log')).lines.map((each: { line: string }) => each.line).join('\n')).toMatch(
    /Asking for work/,
  );
  expect((await ask('POST', '/use', { workspace_id: plane.file.workspace_id })).code).toBe('conflict.state');
});

test('takes no new job while it is paused, and goes on when it is not', async () => {
  await ask('POST', '/switch', { wish: 'paused' });
  await until('paused');
  // The runner says so once its open claim is taken back; only then is the job there.
  await expect.poll(async () => JSON.stringify(await ask('GET', '/log')), PATIENCE).toContain('Paused: no new job');
  const { job_id: id } = await submit('Waits', ['true']);
  const source = (await plane.call('sources')).json.items[0];
  expect(source.state).toBe('online');
  expect((await plane.job(id)).state).toBe('queued');
  await ask('POST', '/switch', { wish: 'on' });
  await plane.untilJob(id, 'succeeded');
});

test('is started again when it dies, and its owner is told', async () => {
  const { pid } = await now();
  process.kill(pid as number, 'SIGKILL');
  await expect.poll(async () => (await now()).crashes, PATIENCE).toBe(1);
  await until('running');
  expect((await now()).pid).not.toBe(pid);
});

test('finishes its current job, then stops; on again means on again', async () => {
  const { job_id: id } = await submit('Current', ['sleep', '1']);
  await plane.untilJob(id, 'running');
  expect((await ask('POST', '/switch', { wish: 'off' })).state).toBe('finishing');
  await until('stopped');
  expect((await plane.job(id)).state).toBe('succeeded');
  await ask('POST', '/switch', { wish: 'on' });
  await until('running');
});

test('takes new slots and kinds when its jobs are done', async () => {
  const changed = await ask('PATCH', '', { capacity: 2, kinds: ['command'], pause_on_battery: false });
  expect(changed.settings).toMatchObject({ capacity: 2, kinds: ['command'] });
  await until('running');
  expect((await plane.call('sources')).json.items[0].capacity).toBe(2);
  expect((await ask('PATCH', '', { capacity: 0 })).code).toBe('field.invalid');
});

test('is for the admin of this console alone', async () => {
  const { json: operator } = await plane.call('operatorCreate', { body: { name: 'olga', role: 'operator' } });
  expect((await ask('POST', '/switch', { wish: 'off' }, operator.token)).code).toBe('right.missing');
  expect((await ask('GET', '', undefined, operator.token)).lack).toContain('admin');
  expect((await ask('GET', '', undefined, `ccs_${'0'.repeat(38)}`)).code).toBe('auth.invalid');
});

test('stops with its console, gives back what it ran, and goes on with it at another port', async () => {
  const { pid } = await now();
  const { job_id: id } = await submit('Long', ['sleep', '60']);
  await plane.untilJob(id, 'running');
  await plane.stop();
  expect(isAlive(pid as number)).toBe(false);
  plane = await PlaneProcess.start([], { dataDir: plane.dataDir });
  await until('running');
  await plane.untilJob(id, 'running');
  await plane.call('jobCancel', { params: { job_id: id }, body: {} });
  const { job_id: next } = await submit('After', ['true']);
  await plane.untilJob(next, 'succeeded');
});

test('is given up without a trace: no process, no file, its source revoked', async () => {
  const { pid, enrollment } = await now();
  expect(await ask('DELETE')).toMatchObject({ state: 'unused', enrollment: null, sentence: null });
  expect(isAlive(pid as number)).toBe(false);
  expect(existsSync(join(plane.dataDir, 'console', 'machine'))).toBe(false);
  const params = { source_id: enrollment?.source_id ?? '' };
  expect((await plane.call('source', { params })).json.revoked).toBeTruthy();
});

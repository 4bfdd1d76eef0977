import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { ServedPlane } from '../console/served-plane.ts';
import { StandIn } from './stand-in/open-stand-in.ts';

/** The built main process and preload, on a stand-in of Electron that is backed by Chromium and Node; not Electron itself. */
test.describe.configure({ mode: 'serial' });

let app: StandIn;
let page: Page;
let workspaceId: string;
const inPage = <T>(run: string): Promise<T> => page.evaluate(run) as Promise<T>;
const call = (name: string, input: unknown): Promise<unknown> =>
  page.evaluate(
    ([n, i]) =>
      (globalThis as unknown as { desktop: { call(n: unknown, i: unknown): Promise<unknown> } }).desktop
        .call(n, i)
        .catch((error: Error) => error.message),
    [name, input],
  );

/** The built command line, as in a terminal beside the app. */
const commandLine = (...args: string[]): { code: number | null; said: string } => {
  const cli = join(import.meta.dirname, '../../../out/cli.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  return { code: status, said: `${stdout}${stderr}` };
};

test.beforeAll(async ({ browser }) => {
  app = await StandIn.open(browser);
  page = await app.window();
  await page.waitForURL(/\/dashboard\/ws_/, { timeout: 30_000 });
  workspaceId = /ws_[0-9A-Z]+/.exec(page.url())?.[0] ?? '';
});
test.afterAll(() => app?.close());

test('stand-in: starts its plane, opens the console signed in, and shows no bearer to the page', async () => {
  await expect(page.getByRole('button', { name: /^Workspace .*, embedded$/ })).toBeVisible();
  const session = await inPage<string>(`fetch('/api/v1/session').then((answer) => answer.text())`);
  expect(JSON.parse(session)).toMatchObject({ operator: { role: 'admin' }, plane: { hosted_by: 'desktop' } });
  expect(session).not.toContain('cco_');
  expect(await inPage<string>('document.documentElement.dataset.platform')).toBe('linux');
});

test('stand-in: the page has the bridge and nothing else; refused calls are refused', async () => {
  expect(await inPage<string[]>('Object.keys(window.desktop).sort()')).toEqual(['call', 'on', 'platform']);
  expect(
    await inPage<string[]>(`['require','process','standInPort','ipcRenderer'].filter((n) => n in window)`),
  ).toEqual([]);
  expect(await call('plane.status', null)).toMatchObject({ state: 'ready' });
  expect(await call('shell.exec', 'id')).toContain('ipc.unknown_call');
  expect(await call('external.open', { url: 'https://evil.example/' })).toEqual({ opened: false });
  expect(await call('external.open', { url: 'x'.repeat(70_000) })).toContain('ipc.input_invalid');
  const paths = ['/..%2f..%2fpackage.json', '/api/v1/runtime/claim', '/api/v1/sign-in'];
  for (const path of paths) expect(await inPage<number>(`fetch('${path}').then((a) => a.status)`)).toBe(404);
});

test('stand-in: streams reach the page, and the page that lets go ends the call at the plane', async () => {
  const first = await inPage<string>(`(async () => {
    const stop = new AbortController();
    const answer = await fetch('/api/v1/workspaces/${workspaceId}/stream', { signal: stop.signal });
    const { value } = await answer.body.getReader().read();
    stop.abort();
    return answer.headers.get('content-type') + ' ' + new TextDecoder().decode(value);
  })()`);
  expect(first).toContain('text/event-stream : open');
});

test('stand-in: a second start comes to the front on the screen of its link; a forged link is refused', async ({
  browser,
}) => {
  const link = `connected-compute://open/dashboard/${workspaceId}/jobs?state=queued`;
  const second = await StandIn.open(browser, app.dir, [link]);
  expect(await second.ended()).toBe(0);
  await page.waitForURL(/\/jobs\?state=queued$/);
  const forged = await StandIn.open(browser, app.dir, [link.replace('/jobs', '/leases'), '--inspect']);
  expect(await forged.ended()).toBe(0);
  const log = join(app.dir, 'connected-compute-desktop', 'logs', 'desktop.log');
  await expect.poll(() => readFileSync(log, 'utf8')).toContain('link.refused');
  expect(page.url()).toContain('/jobs');
});

test('stand-in: this machine is used from the window and switched from the tray', async () => {
  await page.goto(page.url().replace(/\/jobs.*$/, '/settings#this-machine'));
  const section = page.getByRole('region', { name: 'This machine' });
  await section.getByRole('button', { name: 'Use this machine' }).click();
  await expect(section.getByText('Takes jobs', { exact: true })).toBeVisible({ timeout: 20_000 });
  await app.heard('tray.menu', ({ labels }) => (labels as string[]).includes('This machine: takes jobs'));
  app.send('tray.click', { label: 'Pause' });
  await expect(section.getByText('Paused by its owner')).toBeVisible();
  app.send('tray.click', { label: 'On' });
  await expect(section.getByText('Takes jobs', { exact: true })).toBeVisible();
});

test('stand-in: a job that needs a person is notified of, and the notification opens its screen', async () => {
  const body = JSON.stringify({
    wu_id: 'WU-1',
    title: 'Asks',
    command: { argv: ['true'] },
    approval: { when: 'before_start' },
  });
  await inPage(
    `fetch('/api/v1/workspaces/${workspaceId}/jobs', { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': 'k1' }, body: ${JSON.stringify(body)} })`,
  );
  expect(await app.heard('notification')).toMatchObject({ title: 'Approval needed', body: 'WU-1: Asks' });
  app.send('notification.click');
  await page.waitForURL(/\/approvals$/);
});

test('stand-in: the command line is let in from the settings, with a token that ends with the switch', async () => {
  const file = join(app.dir, 'data', 'console.json');
  const kept = (): { url: string; operator_token?: string } => JSON.parse(readFileSync(file, 'utf8'));
  const list = () => commandLine('job', 'list', '--data-dir', join(app.dir, 'data'));
  expect(kept()).not.toHaveProperty('operator_token');
  expect(list()).toMatchObject({ code: 77, said: expect.stringContaining('Allow the command line') });
  await page.goto(page.url().replace(/(dashboard\/[^/]+)\/.*$/, '$1/settings#about'));
  const toggle = page.getByRole('switch', { name: 'Allow the command line' });
  await toggle.click();
  await expect(toggle).toBeChecked();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(list()).toMatchObject({ code: 0, said: expect.stringContaining('WU-1') });
  const { url, operator_token: token } = kept();
  await toggle.click();
  await expect(toggle).not.toBeChecked();
  expect(kept()).not.toHaveProperty('operator_token');
  const late = await fetch(`${url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } });
  expect(late.status).toBe(401);
  // Left on, for the tests that kill the plane and quit the app.
  await toggle.click();
  await expect(toggle).toBeChecked();
});

test('stand-in: a remote workspace is kept sealed and reached through main', async () => {
  const far = await ServedPlane.start();
  const token = await far.operator('vera', 'viewer');
  const added = await inPage<{ remote: { remote_id: string } }>(
    `fetch('/console/remotes', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify({ url: far.url, token }))} }).then((a) => a.json())`,
  );
  const session = await inPage<{ operator: { name: string } }>(
    `fetch('/console/remotes/${added.remote.remote_id}/api/v1/session').then((a) => a.json())`,
  );
  expect(session.operator.name).toBe('vera');
  const kept = readFileSync(join(app.dir, 'connected-compute-desktop', 'console', 'remotes.json'), 'utf8');
  expect(kept).not.toContain(token);
  expect(kept).toContain('"keychain"');
  await far.stop();
});

test('stand-in: a plane that is killed is started again under the open window', async () => {
  const { pid } = await app.heard('process.made', ({ name }) => String(name).includes('control plane'));
  process.kill(Number(pid), 'SIGKILL');
  await app.heard('process.made', ({ name, pid: next }) => String(name).includes('control plane') && next !== pid);
  await expect
    .poll(() => inPage<number>(`fetch('/api/v1/session').then((a) => a.status)`), { timeout: 20_000 })
    .toBe(200);
  await expect(page.getByRole('contentinfo')).toContainText('healthy', { timeout: 20_000 });
  await expect.poll(() => commandLine('job', 'list', '--data-dir', join(app.dir, 'data')).code).toBe(0);
});

test('stand-in: the diagnostics hold versions and logs, and no secret', async () => {
  expect(await call('diagnostics.save', null)).toEqual({ saved: true });
  const text = readFileSync(join(app.dir, 'diagnostics.json'), 'utf8');
  expect(JSON.parse(text)).toHaveProperty('version');
  expect(text).toContain('plane.ready');
  expect(text).not.toMatch(/cco_[0-9A-Za-z]{20}/);
});

test('stand-in: quit gives back, checkpoints, ends every process it started, and itself with 0', async () => {
  const pids = app.told.filter(({ what }) => what === 'process.made').map(({ pid }) => Number(pid));
  app.send('app.signal');
  expect(await app.ended()).toBe(0);
  for (const pid of pids) expect(existsSync(`/proc/${pid}`)).toBe(false);
  expect(readFileSync(join(app.dir, 'data', 'console.json'), 'utf8')).not.toContain('cco_');
});

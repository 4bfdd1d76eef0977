import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { IPC_CALL_CHANNEL, IPC_EVENT_CHANNEL } from '../../src-server/contract/ipc.ts';
import { createFakeElectron } from '../testing/fake-electron.ts';
import { planeReady } from '../testing/plane-ready.ts';

let dir: string;
let fake: ReturnType<typeof createFakeElectron>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cc-main-'));
  fake = createFakeElectron();
  fake.app.getPath = () => dir;
  vi.resetModules();
  vi.doMock('electron', () => fake.electron);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process, 'on').mockReturnValue(process);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.doUnmock('electron');
  rmSync(dir, { recursive: true });
});

const launch = async () => {
  await import('./main.ts');
  fake.becomeReady();
  await vi.waitFor(() => expect(fake.windows).toHaveLength(1));
};

it('restricts everything before the first page is loaded', async () => {
  await launch();
  expect(fake.done.slice(0, 3)).toEqual(['setPath userData', 'enableSandbox', 'declare scheme']);
  expect(fake.done).toEqual(expect.arrayContaining(['permissions', 'requests', 'handle app', 'menu']));
  expect(fake.app.listenerCount('web-contents-created')).toBe(1);
  expect(fake.windows[0]?.urls).toEqual(['app://console/']);
  expect(fake.windows[0]?.options.webPreferences).toMatchObject({ sandbox: true, devTools: false });
});

it('hosts the plane as a child that is told nothing secret', async () => {
  vi.stubEnv('NODE_OPTIONS', '--inspect');
  await launch();
  vi.unstubAllEnvs();
  expect(fake.forks).toHaveLength(1);
  expect(fake.forks[0]?.args).toEqual(['serve', '--embedded']);
  expect(fake.forks[0]?.file.endsWith('cli.mjs')).toBe(true);
  expect(fake.forks[0]?.options.env).not.toHaveProperty('NODE_OPTIONS');
});

it('tells the window of the plane’s state, and never of its bearer', async () => {
  await launch();
  fake.forks[0]?.child.emit('message', planeReady());
  const sent = fake.windows[0]?.webContents.sent ?? [];
  expect(sent.at(-1)).toMatchObject([IPC_EVENT_CHANNEL, 'plane.changed', { state: 'ready' }]);
  const call = fake.handlers.get(IPC_CALL_CHANNEL) as (...args: unknown[]) => Promise<unknown>;
  const outcome = await call({ senderFrame: { url: 'app://console/', parent: null } }, 'plane.status', null);
  expect(outcome).toMatchObject({ ok: true, answer: { state: 'ready' } });
  expect(JSON.stringify([sent, outcome])).not.toContain('cco_');
  const framed = await call({ senderFrame: { url: 'app://console/', parent: {} } }, 'plane.status', null);
  expect(framed).toMatchObject({ ok: false, code: 'ipc.sender_refused' });
});

it('opens listed pages in the system browser, and no other', async () => {
  await launch();
  const call = fake.handlers.get(IPC_CALL_CHANNEL) as (...args: unknown[]) => Promise<unknown>;
  const sender = { senderFrame: { url: 'app://console/', parent: null } };
  expect(await call(sender, 'external.open', { url: 'https://nodejs.org/' })).toMatchObject({
    answer: { opened: true },
  });
  expect(await call(sender, 'external.open', { url: 'https://example.org/' })).toMatchObject({
    answer: { opened: false },
  });
  expect(fake.done.filter((what) => what.startsWith('open '))).toEqual(['open https://nodejs.org/']);
});

it('comes to the front when it is started a second time', async () => {
  await launch();
  fake.app.emit('second-instance', {}, ['/app']);
  expect(fake.windows).toHaveLength(1);
  expect(fake.done.slice(-3)).toEqual(['restore', 'show', 'focus']);
});

it('is the second instance itself: quits, and starts no plane', async () => {
  fake.app.hasLock = false;
  await import('./main.ts');
  fake.becomeReady();
  expect(fake.done.at(-1)).toBe('quit');
  expect(fake.forks).toHaveLength(0);
});

it('stops the plane before it quits', async () => {
  await launch();
  const child = fake.forks[0]?.child;
  child?.emit('message', planeReady());
  const event = { preventDefault: vi.fn() };
  fake.app.emit('before-quit', event);
  expect(event.preventDefault).toHaveBeenCalledOnce();
  // This machine's runner goes first.
  await vi.waitFor(() => expect(child?.posted).toEqual([{ type: 'stop' }]));
  expect(fake.done).not.toContain('quit');
  child?.emit('exit', 0);
  await vi.waitFor(() => expect(fake.done).toContain('quit'));
});

it('says why and quits when the plane cannot run', async () => {
  await launch();
  const child = fake.forks[0]?.child;
  child?.emit('message', { type: 'failed', exit_code: 75, sentence: 'A control plane already runs here (pid 12).' });
  child?.emit('exit', 75);
  expect(fake.errorBoxes).toEqual([['The control plane cannot run', 'A control plane already runs here (pid 12).']]);
  expect(fake.done.at(-1)).toBe('quit');
});

import { expect, test } from '@playwright/test';
import { type DesktopUnderTest, openDesktop, whyNoDesktop } from './desktop-app.ts';

const reason = whyNoDesktop();
test.skip(reason !== null, reason ?? '');

let desktop: DesktopUnderTest;
test.beforeEach(async () => {
  desktop = await openDesktop();
});
test.afterEach(() => desktop.close());

test('opens the console over app:// with a working control plane behind it', async () => {
  const { page } = desktop;
  expect(new URL(page.url()).origin).toBe('app://console');
  const session = await page.evaluate(async () => {
    const answer = await fetch('/api/v1/session');
    return { status: answer.status, text: await answer.text() };
  });
  expect(session.status).toBe(200);
  expect(JSON.parse(session.text)).toMatchObject({ plane: { hosted_by: 'desktop' } });
  expect(session.text).not.toContain('cco_');
});

test('gives the page a bridge and nothing of Node', async () => {
  const found = await desktop.page.evaluate(() => ({
    bridge: Object.keys((globalThis as { desktop?: object }).desktop ?? {}).sort(),
    node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((name) => name in globalThis),
  }));
  expect(found).toEqual({ bridge: ['call', 'on', 'platform'], node: [] });
});

test('keeps the page in its place', async () => {
  const { app, page } = desktop;
  await page.evaluate(() => {
    window.open('https://example.org/');
    location.href = 'https://example.org/';
  });
  await expect.poll(() => new URL(page.url()).origin).toBe('app://console');
  expect(app.windows()).toHaveLength(1);
});

test('lets no request of the page leave the app, and evaluates no text', async () => {
  const outcome = await desktop.page.evaluate(async () => {
    const left = await fetch('https://example.org/').then(
      () => 'left',
      () => 'stopped',
    );
    try {
      new Function('return 1')();
      return [left, 'evaluated'];
    } catch {
      return [left, 'refused'];
    }
  });
  expect(outcome).toEqual(['stopped', 'refused']);
});

test('refuses calls that are not in the contract, and files outside of the page', async () => {
  const outcome = await desktop.page.evaluate(async () => {
    const bridge = (globalThis as unknown as { desktop: { call(name: string, input: unknown): Promise<unknown> } })
      .desktop;
    const call = await bridge.call('shell.exec', 'id').then(
      () => 'done',
      (cause: Error) => cause.message,
    );
    const answers = await Promise.all(['/..%2f..%2fpackage.json', '/api/v1/runtime/claim'].map((path) => fetch(path)));
    return { call, statuses: answers.map((answer) => answer.status) };
  });
  expect(outcome.call).toContain('ipc.unknown_call');
  expect(outcome.statuses).toEqual([404, 404]);
});

test('ends its control plane and itself in good order when it quits', async () => {
  const isReady = () =>
    desktop.page.evaluate(async () => {
      const bridge = (globalThis as unknown as { desktop: { call(name: string, input: unknown): Promise<unknown> } })
        .desktop;
      return bridge.call('plane.status', null);
    });
  await expect.poll(isReady).toMatchObject({ state: 'ready' });
  const child = desktop.app.process();
  await desktop.app.close();
  expect(child.exitCode).toBe(0);
});

import { expect, it, vi } from 'vitest';
import { MemoryLog } from '../testing/memory-log.ts';
import { menuTemplate } from './menu-template.ts';
import { appPaths, userPaths } from './paths.ts';
import { createQuitDrain } from './quit-drain.ts';

const event = () => ({ preventDefault: vi.fn() });

it('holds a quit back until all has stopped, once, and then lets it through', async () => {
  let stopped = () => {};
  const drain = vi.fn(() => new Promise<void>((resolve) => (stopped = resolve)));
  const quit = vi.fn();
  const onQuit = createQuitDrain(drain, quit, new MemoryLog());
  const [first, second, third] = [event(), event(), event()];
  onQuit(first);
  onQuit(second);
  expect(drain).toHaveBeenCalledOnce();
  expect([first.preventDefault, second.preventDefault].every((held) => held.mock.calls.length === 1)).toBe(true);
  stopped();
  await vi.waitFor(() => expect(quit).toHaveBeenCalledOnce());
  onQuit(third);
  expect(third.preventDefault).not.toHaveBeenCalled();
});

it('quits also when draining fails', async () => {
  const log = new MemoryLog();
  const quit = vi.fn();
  createQuitDrain(() => Promise.reject(new Error('EIO')), quit, log)(event());
  await vi.waitFor(() => expect(quit).toHaveBeenCalledOnce());
  expect(log.names()).toEqual(['quit.drain_failed']);
});

it('keeps the browser profile out of the control plane’s data directory', () => {
  const user = userPaths('/home/ada/.config');
  expect(user.profileDir).toBe('/home/ada/.config/connected-compute-desktop');
  expect(user.logFile.startsWith(user.profileDir)).toBe(true);
  expect(appPaths('/app/out/main').cliFile).toBe('/app/out/cli.mjs');
});

const NO_ACTIONS = {
  open: () => {},
  about: () => {},
  openLogs: () => {},
  saveDiagnostics: () => {},
  checkUpdates: () => {},
};

it('offers developer tools in an unpackaged app only', () => {
  const text = (hasDevTools: boolean) => JSON.stringify(menuTemplate('linux', hasDevTools, NO_ACTIONS));
  expect(text(true)).toContain('toggleDevTools');
  expect(text(false)).not.toContain('toggleDevTools');
  expect(text(false)).toContain('editMenu');
});

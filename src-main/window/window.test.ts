import { expect, it } from 'vitest';
import { windowOptions } from './window-options.ts';
import { formatWindowState, parseWindowState, reachableBounds } from './window-state.ts';

const SCREEN = { x: 0, y: 0, width: 1920, height: 1080 };
const BOUNDS = { x: 100, y: 80, width: 1440, height: 900 };
const choice = { scheme: 'dark', bounds: null, preloadFile: '/app/out/preload/index.cjs', hasDevTools: false } as const;

it('gives a page nothing of Node and no way out of its sandbox', () => {
  expect(windowOptions({ ...choice, platform: 'linux' }).webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    webviewTag: false,
    allowRunningInsecureContent: false,
    devTools: false,
  });
});

it('leaves the window lights to macOS and draws the controls elsewhere', () => {
  const mac = windowOptions({ ...choice, platform: 'darwin' });
  const windows = windowOptions({ ...choice, platform: 'win32', scheme: 'light' });
  expect([mac.titleBarStyle, mac.titleBarOverlay]).toEqual(['hiddenInset', undefined]);
  expect(windows.titleBarOverlay).toEqual({ color: '#eef0f3', symbolColor: '#14181d', height: 40 });
});

it('opens where it was, else in its own size', () => {
  expect(windowOptions({ ...choice, platform: 'linux', bounds: BOUNDS })).toMatchObject(BOUNDS);
  expect(windowOptions({ ...choice, platform: 'linux' })).toMatchObject({ width: 1440, height: 900, minWidth: 1024 });
});

it('keeps its state, and takes an unreadable one for none', () => {
  const state = { bounds: BOUNDS, is_maximized: true };
  expect(parseWindowState(formatWindowState(state))).toEqual(state);
  const fresh = { bounds: null, is_maximized: false };
  for (const text of [null, '', '{', 'null', '{"bounds":{"x":"a"},"is_maximized":true}']) {
    expect(parseWindowState(text)).toEqual(fresh);
  }
});

it('does not open where no screen is any more', () => {
  expect(reachableBounds(BOUNDS, [SCREEN])).toEqual(BOUNDS);
  expect(reachableBounds({ ...BOUNDS, x: 2000 }, [SCREEN, { ...SCREEN, x: 1920 }])).not.toBeNull();
  expect(reachableBounds({ ...BOUNDS, x: 2000 }, [SCREEN])).toBeNull();
  expect(reachableBounds({ ...BOUNDS, x: 1900 }, [SCREEN])).toBeNull();
  expect(reachableBounds({ ...BOUNDS, y: -50 }, [SCREEN])).toBeNull();
  expect(reachableBounds(null, [SCREEN])).toBeNull();
});

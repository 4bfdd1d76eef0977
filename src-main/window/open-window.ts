import { readFileSync, writeFileSync } from 'node:fs';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { AppLogger } from '../log/logger.ts';
import { CONSOLE_ORIGIN } from '../protocol/console-url.ts';
import { windowOptions } from './window-options.ts';
import { formatWindowState, parseWindowState, reachableBounds, type WindowState } from './window-state.ts';

export interface WindowParts {
  preloadFile: string;
  /** Where place and size are kept between runs. */
  stateFile: string;
  hasDevTools: boolean;
  /** Path of the console to begin with. */
  path: string;
  /** The page does not answer any more: true loads it anew. */
  askReload: () => Promise<boolean>;
  log: AppLogger;
}

const readState = (file: string): WindowState => {
  try {
    return parseWindowState(readFileSync(file, 'utf8'));
  } catch {
    // The first run has none.
    return parseWindowState(null);
  }
};

const keepState = (window: BrowserWindow, file: string, log: AppLogger): void => {
  try {
    const state = { bounds: window.getNormalBounds(), is_maximized: window.isMaximized() };
    writeFileSync(file, formatWindowState(state), { mode: 0o600 });
  } catch (cause) {
    log.warn('window.state_not_kept', { cause });
  }
};

/** Opens the console's window; it shows itself when the page is drawn. */
export const openWindow = ({
  preloadFile,
  stateFile,
  hasDevTools,
  path,
  askReload,
  log,
}: WindowParts): BrowserWindow => {
  const state = readState(stateFile);
  const workAreas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow(
    windowOptions({
      platform: process.platform,
      scheme: nativeTheme.shouldUseDarkColors ? 'dark' : 'light',
      bounds: reachableBounds(state.bounds, workAreas),
      preloadFile,
      hasDevTools,
    }),
  );
  if (state.is_maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => keepState(window, stateFile, log));
  window.webContents.on('render-process-gone', (_event, details) => {
    log.error('window.page_gone', { reason: details.reason });
    // The page holds no state of its own; loading it again loses nothing.
    if (details.reason !== 'clean-exit' && !window.isDestroyed()) window.reload();
  });
  window.on('unresponsive', () => {
    log.warn('window.unresponsive', {});
    void askReload().then((isWished) => {
      if (isWished && !window.isDestroyed()) window.reload();
    });
  });
  void window.loadURL(`${CONSOLE_ORIGIN}${path}`).catch((cause: unknown) => log.error('window.not_loaded', { cause }));
  return window;
};

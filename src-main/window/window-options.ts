import type { BrowserWindowConstructorOptions } from 'electron';
import type { WindowBounds } from './window-state.ts';

/** The design's sizes, in device-independent pixels. */
export const WINDOW_SIZE = { width: 1440, height: 900, minWidth: 1024, minHeight: 700 } as const;
const TITLE_BAR_HEIGHT = 40;

export type WindowScheme = 'dark' | 'light';
/** The title bar's colours in the design (bg-0 and text-1), for what the system draws over it. */
const TITLE_BAR_COLOURS = {
  dark: { color: '#0a0c0f', symbolColor: '#eceff3' },
  light: { color: '#eef0f3', symbolColor: '#14181d' },
} as const;

export const titleBarOverlay = (scheme: WindowScheme) => ({ ...TITLE_BAR_COLOURS[scheme], height: TITLE_BAR_HEIGHT });

export interface WindowChoice {
  platform: NodeJS.Platform;
  scheme: WindowScheme;
  /** Where it was last, or null for the middle of the screen. */
  bounds: WindowBounds | null;
  preloadFile: string;
  hasDevTools: boolean;
}

/** How the console's window is made. Each security option is written out, so that a changed default changes nothing. */
export const windowOptions = (choice: WindowChoice): BrowserWindowConstructorOptions => ({
  ...WINDOW_SIZE,
  ...choice.bounds,
  title: 'Connected Compute',
  // Shown when the page is drawn; until then its own background, never a white flash.
  show: false,
  backgroundColor: TITLE_BAR_COLOURS[choice.scheme].color,
  titleBarStyle: choice.platform === 'darwin' ? 'hiddenInset' : 'hidden',
  titleBarOverlay: choice.platform === 'darwin' ? undefined : titleBarOverlay(choice.scheme),
  webPreferences: {
    preload: choice.preloadFile,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    // A checked text would be sent to a spelling service on some systems.
    spellcheck: false,
    devTools: choice.hasDevTools,
  },
});

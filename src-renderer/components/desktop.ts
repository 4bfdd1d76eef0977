import type { DesktopBridge } from '../../src-server/contract/ipc.ts';

declare global {
  interface Window {
    /** Set by the desktop app's preload; absent in a browser. */
    desktop?: DesktopBridge;
  }
}

/** The way to the desktop app around this page, or null in a browser. */
export const desktopBridge = (): DesktopBridge | null => window.desktop ?? null;

/** The operating system when the desktop app draws the window controls over the page, else null. */
export const desktopPlatform = (): string | null => desktopBridge()?.platform ?? null;

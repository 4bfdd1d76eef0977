declare global {
  interface Window {
    /** Set by the desktop app's preload; absent in a browser. */
    connectedCompute?: { platform?: string };
  }
}

/** The operating system when the desktop app draws the window controls over the page, else null. */
export const desktopPlatform = (): string | null => window.connectedCompute?.platform ?? null;

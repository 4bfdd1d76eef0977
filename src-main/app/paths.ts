import { join, resolve } from 'node:path';

/** Files of the built app; the same in the project and inside a package. */
export interface AppPaths {
  preloadFile: string;
  rendererDir: string;
  cliFile: string;
  bootstrapFile: string;
  iconFile: string;
}

/** @param mainDir folder of the built main module (`out/main`) */
export const appPaths = (mainDir: string): AppPaths => {
  const outDir = resolve(mainDir, '..');
  return {
    preloadFile: join(outDir, 'preload', 'index.cjs'),
    rendererDir: join(outDir, 'renderer'),
    cliFile: join(outDir, 'cli.mjs'),
    bootstrapFile: join(outDir, 'runner', 'bootstrap.mjs'),
    iconFile: resolve(outDir, '..', 'resources', 'icons', 'icon.png'),
  };
};

/** Files that the window keeps for itself; never inside the control plane's data directory. */
export interface UserPaths {
  /** Chromium's profile. */
  profileDir: string;
  windowStateFile: string;
  /** Remote workspaces and this machine. */
  consoleDir: string;
  logFile: string;
}

/**
 * The plane's data directory is `connected-compute` in the same folder on some systems; the window's own files stand
 * beside it, so that a copy of the data directory holds no browser profile.
 * @param appDataDir the system's folder for data of applications
 */
export const userPaths = (appDataDir: string): UserPaths => {
  const profileDir = join(appDataDir, 'connected-compute-desktop');
  return {
    profileDir,
    windowStateFile: join(profileDir, 'window.json'),
    consoleDir: join(profileDir, 'console'),
    logFile: join(profileDir, 'logs', 'desktop.log'),
  };
};

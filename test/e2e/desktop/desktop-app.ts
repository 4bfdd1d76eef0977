import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { whyNoWindow } from '../../../src-main/tooling/console-surface.mjs';
import { findElectronBinary } from '../../../src-main/tooling/electron-binary.mjs';
import { packageDir } from '../../../src-main/tooling/project.mjs';

const PROJECT_DIR = resolve(import.meta.dirname, '../../..');
const binary = findElectronBinary(packageDir('electron'), process.env);

/** Why the desktop app cannot be opened here, or null. Printed as the reason of the skip. */
export const whyNoDesktop = (): string | null => {
  const reason = whyNoWindow({ platform: process.platform, env: process.env, isRoot: process.getuid?.() === 0 });
  if (reason !== null) return `needs Electron: ${reason}`;
  return binary === null ? 'needs Electron: its binary is not installed' : null;
};

/** The built app with a profile and a data directory of its own. */
export interface DesktopUnderTest {
  app: ElectronApplication;
  page: Page;
  close(): Promise<void>;
}

export const openDesktop = async (): Promise<DesktopUnderTest> => {
  const dir = mkdtempSync(join(tmpdir(), 'cc-desktop-'));
  const env = { ...process.env, CONNECTED_COMPUTE_DATA: join(dir, 'data'), XDG_CONFIG_HOME: dir, APPDATA: dir };
  const app = await _electron.launch({
    executablePath: binary ?? undefined,
    args: [PROJECT_DIR],
    env: Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined)),
  });
  const page = await app.firstWindow();
  return {
    app,
    page,
    async close() {
      // A test may have closed it already.
      await app.close().catch(() => undefined);
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

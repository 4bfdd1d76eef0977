import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AppLogger } from '../log/logger.ts';

/** Written by the packager where a feed is configured; without it there is nowhere to ask. */
const FEED_FILE = 'app-update.yml';

/** Is there a feed? Never in an unpackaged app. */
export const hasUpdateFeed = (isPackaged: boolean, resourcesDir: string): boolean =>
  isPackaged && existsSync(join(resourcesDir, FEED_FILE));

/**
 * Looks for a newer version where the package names a feed; it is fetched in the background, its signature checked by
 * the updater, and put in place at the next quit. @returns one sentence for people
 */
export const checkForUpdates = async (isPackaged: boolean, resourcesDir: string, log: AppLogger): Promise<string> => {
  if (!hasUpdateFeed(isPackaged, resourcesDir)) return 'Updates are off: this build names no feed.';
  try {
    const { default: updater } = await import('electron-updater');
    updater.autoUpdater.autoInstallOnAppQuit = true;
    const found = await updater.autoUpdater.checkForUpdates();
    if (found?.isUpdateAvailable !== true) return 'This is the newest version.';
    return `Version ${found.updateInfo.version} is being fetched. It is put in place when you quit.`;
  } catch (cause) {
    log.warn('updates.failed', { cause });
    return 'The feed could not be reached. Try again later.';
  }
};

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chromium } from '@playwright/test';

/** The same engine without a window: the tests, which nobody watches, take a fifth less time with it. */
const WITHOUT_WINDOW = '/usr/bin/chromium-headless-shell';
/** Where distributions and vendors put it; CHROMIUM_PATH goes before all. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** No traffic of its own, and no GPU on a machine without one. */
export const CHROMIUM_ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Chromium's sandbox does not start as root, which is who runs the tests in a container.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** @param {string} file */
const isExecutable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * A Chromium on this machine: the one named in CHROMIUM_PATH, the system's, or the one Playwright installed.
 * @returns {string | null}
 */
export const findChromium = () => {
  const named = process.env.CHROMIUM_PATH;
  if (named) return isExecutable(named) ? named : null;
  return [...USUAL_PLACES, chromium.executablePath()].find(isExecutable) ?? null;
};

/** As `findChromium`, without a window where there is such a one. @returns {string | null} */
export const findHeadlessChromium = () =>
  !process.env.CHROMIUM_PATH && isExecutable(WITHOUT_WINDOW) ? WITHOUT_WINDOW : findChromium();

/**
 * As `findHeadlessChromium`; where there is none, Playwright's own installer is tried once.
 * @returns {string | null}
 */
export const ensureChromium = () => {
  const found = findHeadlessChromium();
  if (found !== null || process.env.CHROMIUM_PATH) return found;
  spawnSync('npx', ['--no-install', 'playwright', 'install', 'chromium'], { stdio: 'inherit', timeout: 300_000 });
  return findChromium();
};

/** What to do where neither worked. */
export const CHROMIUM_MISSING =
  'The browser tests need Chromium and none was found. Install it with "apt-get install chromium" (Debian, Ubuntu) or ' +
  '"npx playwright install --with-deps chromium", or name one in CHROMIUM_PATH.';

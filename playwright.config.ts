import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS, findHeadlessChromium } from './test/helpers/chromium.mjs';

const executablePath = findHeadlessChromium() ?? undefined;

/**
 * The end-to-end suites: the console in Chromium against real processes, and the desktop app where Electron's binary
 * is there (it says "needs Electron" where it is not).
 */
export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test/e2e/.results',
  // Each spec starts its own control plane; two at once fit the smallest machine that we build on.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  // They end what hangs; other suites run beside these.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    // A trace doubles the time of a test, so `npm test` goes without; a test that failed there is run alone.
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath, args: CHROMIUM_ARGS },
  },
  projects: [
    { name: 'console', testIgnore: 'desktop/**' },
    { name: 'desktop', testMatch: 'desktop/**/*.spec.ts' },
  ],
});

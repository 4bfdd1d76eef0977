import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, CHROMIUM_MISSING, findChromium } from '../helpers/chromium.mjs';
import { orchardStory } from './orchard-story.ts';

/** From where this script is run: the root of the project. */
const ROOT = process.cwd();
const SIZE = { width: 1440, height: 900 };

const executablePath = findChromium();
if (executablePath === null) throw new Error(CHROMIUM_MISSING);
const orchard = await orchardStory(join(ROOT, 'out/renderer'));
const { plane } = orchard;
const stop = orchard.goOn();
const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] });
try {
  const page = await browser.newPage({ viewport: SIZE, reducedMotion: 'reduce' });
  const { code } = (await plane.call('signInCode', { body: {} })).json;
  await page.goto(`${plane.url}/sign-in#${code}`);
  await page.waitForURL(/dashboard/);
  const { items } = (await plane.call('jobs', { query: { limit: '200' } })).json;
  const jobOf = (title: string): string => items.find((job: { title: string }) => job.title === title).job_id;
  const { items: sources } = (await plane.call('sources')).json;
  const late = sources.find((source: { name: string }) => source.name === 'k8s-batch-b').source_id;
  const take = async (name: string, path: string, scheme: 'dark' | 'light', settled: (page: Page) => Promise<void>) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.goto(`${plane.url}/dashboard/${plane.workspaceId}/${path}`);
    await settled(page);
    await page.screenshot({ path: join(ROOT, 'resources/screenshots', `${name}.png`) });
    process.stdout.write(`${name}.png\n`);
  };
  const sees = (text: string | RegExp) => (on: Page) => on.getByText(text).first().waitFor();
  await take('overview-dark', 'compute', 'dark', sees('Leases, last 60 min'));
  await take('sources-light', `sources?source=${late}`, 'light', sees(/No heartbeat for|Online/));
  await take('job-dark', `jobs/${jobOf('Refactor reconciliation worker')}`, 'dark', sees(/passed, 0 failed/));
} finally {
  await browser.close();
  await stop();
  await plane.close();
}
process.exit(0);

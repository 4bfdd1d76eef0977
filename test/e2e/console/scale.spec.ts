import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { bundleBench } from '../../bench/bundle.mjs';
import { Storm } from '../../bench/console-storm.ts';
import { ServedPlane } from './served-plane.ts';

// A fleet that is large enough for pages, cursors and windows of rows; how quick all of it is says the bench.
const SOURCES = 800;
const JOBS = 4_000;
/** Turns of the wheel follow at this distance; a page is fetched between some of them. */
const WHEEL = { timeout: 45_000, intervals: [100] };

// A page after the other comes by the wheel: on a machine that is busy elsewhere that takes its time.
test.describe.configure({ timeout: 120_000 });

let plane: ServedPlane;
test.beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cc-scale-'));
  execFileSync(process.execPath, [await bundleBench('seed.ts'), dataDir, `${SOURCES}`, `${JOBS}`]);
  plane = await ServedPlane.start([], dataDir);
});
test.afterAll(() => plane.stop());

/** The screen at a path; what the page complains of is gathered. */
async function open(page: Page, path: string): Promise<string[]> {
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  await plane.signIn(page, path);
  await page.locator('.table-row').first().waitFor();
  return faults;
}
/** Turns the wheel over the list until its last row is drawn. */
async function toTheEnd(page: Page, last: number): Promise<void> {
  await page.getByRole('grid').hover({ position: { x: 300, y: 300 } });
  await expect(async () => {
    await page.mouse.wheel(0, 60_000);
    await expect(page.locator(`.table-row[data-index="${last}"]`)).toHaveCount(1, { timeout: 200 });
  }).toPass(WHEEL);
}
const drawn = (page: Page) => page.locator('.table-row').count();

test('the last of all sources is reached by the wheel, opened, and found again by its address', async ({ page }) => {
  const faults = await open(page, 'sources');
  const total = Number((await page.getByText(/[\d,]+ enrolled/).textContent())?.match(/[\d,]+/)?.[0].replace(',', ''));
  expect(total).toBeGreaterThan(SOURCES * 0.9);
  await toTheEnd(page, total - 1);
  expect(await drawn(page)).toBeLessThan(80);
  const last = page.locator(`.table-row[data-index="${total - 1}"]`);
  const name = (await last.locator('.medium').first().textContent()) ?? '';
  await last.click();
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  await expect(page).toHaveURL(/source=src_/);
  await expect(page).toHaveURL(/row=\d+/);

  await page.reload();
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  await expect(page.locator(`.table-row[data-index="${total - 1}"]`)).toContainText(name);
  expect(faults).toEqual([]);
});

test('the oldest job is reached, its page opened, and back leads to its row', async ({ page }) => {
  const faults = await open(page, 'jobs?q=docs');
  const rows = page.locator('.table-row');
  await expect(rows.first()).toContainText('docs');
  await page.getByRole('grid').hover({ position: { x: 300, y: 300 } });
  await expect(async () => {
    await page.mouse.wheel(0, 60_000);
    await expect(rows.last().locator('.medium').first()).toHaveText(/#\d{1,2}$/, { timeout: 200 });
  }).toPass(WHEEL);
  expect(await drawn(page)).toBeLessThan(80);
  const title = (await rows.last().locator('.medium').first().textContent()) ?? '';
  const index = Number(await rows.last().getAttribute('data-index'));
  // The address follows once the list rests.
  await expect.poll(() => Number(new URL(page.url()).searchParams.get('row'))).toBeGreaterThan(index - 60);
  await rows.last().click();
  await expect(page).toHaveURL(/jobs\/job_/);
  await expect(page.getByRole('main').getByText(title).first()).toBeVisible();
  await page.goBack();
  await expect(page.locator('.table-row', { hasText: title })).toBeVisible();

  await page.getByRole('searchbox', { name: 'Filter jobs' }).fill('no such job');
  await expect(page.getByText('No jobs match')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(rows.first()).toHaveAttribute('data-index', '0');
  await expect(page).not.toHaveURL(/row=/);
  expect(faults).toEqual([]);
});

test('a text that is typed while a peek opens keeps the peek', async ({ page }) => {
  await open(page, 'sources');
  await page.getByRole('searchbox', { name: 'Filter sources' }).pressSequentially('lap');
  await page.locator('.table-row[data-index="0"]').click();
  await expect(page).toHaveURL(/q=lap/);
  await expect(page).toHaveURL(/source=src_/);
});

test('counts stay live in a storm of changes, and no row moves under the pointer', async ({ page }) => {
  const faults = await open(page, 'jobs');
  const queued = page.getByRole('group', { name: 'State' }).getByRole('button', { name: /^Queued/ });
  const before = await queued.textContent();
  const held = page.locator('.table-row[data-index="3"]');
  const title = await held.locator('.medium').first().textContent();
  await held.hover();
  const kept = JSON.parse(readFileSync(join(plane.dataDir, 'console.json'), 'utf8'));
  const served = { url: plane.url, workspaceId: kept.workspace_id, token: kept.operator_token };
  // A tenth of the bench's: enough to see that all of it is live.
  const storm = await Storm.prepare(served, 0.1);
  storm.start();
  try {
    await expect(page.getByRole('button', { name: /^[\d,]+ new$/ })).toBeVisible();
    await expect(queued).not.toHaveText(before ?? '');
    expect(await held.locator('.medium').first().textContent()).toBe(title);
    await page.getByRole('searchbox', { name: 'Filter jobs' }).fill('Storm');
    await expect(page.locator('.table-row[data-index="0"]')).toContainText('Storm');
  } finally {
    await storm.stop();
  }
  expect(faults).toEqual([]);
});

test('a source far down the list is found by its name, filters the jobs, and is known again after a reload', async ({
  page,
}) => {
  const faults = await open(page, 'jobs');
  // Only the first sources have worked; its jobs are none, which the list says.
  const name = 'kube-00613';
  await page.getByRole('button', { name: 'Source Any source' }).click();
  const field = page.getByRole('combobox', { name: 'Search: Source' });
  await expect(field).toBeFocused();
  await expect(page.getByRole('option')).toHaveCount(21);
  await expect(page.getByText('More match.')).toBeVisible();
  await field.fill('613');
  await expect(page.getByRole('option')).toHaveCount(1);
  await field.press('Enter');
  await expect(page).toHaveURL(/source_id=src_/);
  await expect(page.getByRole('button', { name: `Source ${name}` })).toBeFocused();
  await expect(page.getByText('No jobs match')).toBeVisible();

  await page.reload();
  await page.getByRole('button', { name: `Source ${name}` }).click();
  await field.fill('rack=r1');
  await expect(page.getByRole('option').first()).toContainText(/-00\d{3}/);
  await field.press('ArrowDown');
  await expect(page.getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true');
  await field.press('Escape');
  await expect(page.getByRole('button', { name: `Source ${name}` })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: 'Any source' }).click();
  await expect(page).not.toHaveURL(/source_id/);
  await expect(page.locator('.table-row').first()).toBeVisible();
  expect(faults).toEqual([]);
});

test('the palette finds a source that no screen shows', async ({ page }) => {
  await open(page, 'jobs');
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox', { name: 'Search and commands' }).fill('kube-00613');
  await page.getByRole('option', { name: 'kube-00613' }).click();
  await expect(page.getByRole('heading', { name: 'kube-00613', exact: true })).toBeVisible();
});

test('the states fit their bar at both sizes, also beside a peek, and every source in a decision has its name', async ({
  page,
}) => {
  await open(page, 'sources');
  const bar = page.getByRole('group', { name: 'Status' });
  // The last button ends inside the bar, and the bar before what stands beside it.
  const over = () =>
    bar.evaluate((element) => {
      const ends = [...element.children].map((button) => button.getBoundingClientRect().right);
      return Math.max(...ends) - element.getBoundingClientRect().right;
    });
  const expectFits = () => expect.poll(over).toBeLessThanOrEqual(0);
  await expectFits();
  await page.locator('.table-row').first().click();
  await expectFits();
  await page.setViewportSize({ width: 1024, height: 700 });
  await expectFits();
  await page.setViewportSize({ width: 1440, height: 900 });

  // One that is over: nobody renews the leases of the running ones, so that on a slow machine all of them have ended by now.
  const { items } = plane.cli('job', 'list', '--state', 'succeeded', '--limit', '1') as {
    items: { job_id: string; source_name: string }[];
  };
  const [job] = items;
  await page.goto(page.url().replace(/\/sources.*$/, `/jobs/${job?.job_id}`));
  await expect(page.locator('.is-chosen').getByText(job?.source_name ?? '', { exact: true })).toBeVisible();
});

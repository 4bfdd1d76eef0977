import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

let plane: ServedPlane;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
});
test.afterAll(() => plane.stop());

test('a demo is chosen, stepped, played, hurt, looked at from another screen and left', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await plane.signIn(page);
  const overview = page.url();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expectAccessible(page, 'Stories to choose from');
  await page.getByRole('radio', { name: /Lease expiry and fencing/ }).click();
  await expect(page.getByText('Demo data is never written to your ledger.')).toBeVisible();
  const caption = page.locator('.demo-caption');
  await expect(caption).toContainText('An operator enrolls laptop-1.');

  // Step on by keys, and back: the stage follows, and the virtual clock stands with it.
  await page.keyboard.press('.');
  await expect(caption).toContainText('A job is submitted.');
  await expect(page.getByRole('list', { name: 'Queue' })).toContainText('WU-2481');
  await page.keyboard.press('.');
  await expect(page.getByRole('list', { name: 'Sources' })).toContainText('token 1');
  await page.keyboard.press(',');
  await expect(caption).toContainText('A job is submitted.');
  await expect(page.locator('.virtual-clock')).toHaveText('Virtual clock 00:00:04');

  // The rejected write, by the line of time.
  await page.getByRole('button', { name: '2:32' }).click();
  await expect(page.getByRole('list', { name: 'Sources' })).toContainText('Write rejected');
  await expect(page.getByText('Verified', { exact: true })).toBeVisible();
  await expectAccessible(page, 'A demo with a rejected write');

  // Back, then chaos: from there the runners act by themselves.
  await page.getByRole('button', { name: '0:16' }).click();
  await page.getByRole('button', { name: 'Pause laptop-1' }).click();
  await expect(caption).toContainText('laptop-1 is paused.');
  await expect(page.getByText('free run')).toBeVisible();
  await page.getByRole('button', { name: '60×' }).click();
  await expect(page.getByRole('list', { name: 'Queue' })).toContainText('WU-2481 succeeded', { timeout: 30_000 });
  for (const text of ['At most one active lease per job', 'A job settles once'])
    await expect(page.getByRole('listitem').filter({ hasText: text })).toContainText('holds');

  // Every other screen shows the demo's workspace; nothing can be done to it there.
  await page.getByRole('link', { name: 'Jobs' }).click();
  await expect(page.getByText('WU-2481')).toBeVisible();
  await expect(page.locator('.virtual-clock')).toBeVisible();
  await expect(page.locator('.app-shell')).toHaveAttribute('data-demo', 'true');

  await page.getByRole('link', { name: 'Demo' }).click();
  await page.getByRole('button', { name: 'Leave demo' }).click();
  await expect(page).toHaveURL(overview);
  await expect(page.locator('.virtual-clock')).toHaveCount(0);
  const shown = plane.cli('job', 'list') as { items: unknown[] };
  expect(shown.items).toEqual([]);
  expect(errors).toEqual([]);
});

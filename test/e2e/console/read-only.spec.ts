import { expect, test } from '@playwright/test';
import { ServedPlane } from './served-plane.ts';

let plane: ServedPlane;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
  await plane.submit({ wu_id: 'WU-1', title: 'Waits', command: { argv: ['true'] } });
});
test.afterAll(() => plane.stop());

test('what was opened read-only is seen on each screen, the settings too, where no host offers remotes', async ({
  page,
}) => {
  await plane.crash();
  await page.goto(await plane.comeBack(['--read-only']));
  await page.waitForURL(/\/dashboard\//);
  for (const [path, heading] of [
    ['compute', 'Overview'],
    ['jobs', 'Jobs'],
    ['evidence', 'Evidence'],
    ['settings', 'Settings'],
  ] as const) {
    await page.goto(page.url().replace(/(dashboard\/[^/]+)\/.*$/, `$1/${path}`));
    await expect(page.getByRole('heading', { name: heading, exact: true }).first()).toBeVisible();
  }
  await expect(page.getByRole('region', { name: 'Appearance' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'This machine' })).toHaveCount(0);
});

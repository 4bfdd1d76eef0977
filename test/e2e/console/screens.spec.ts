import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

// The longest file, and it changes nothing: both workers share it, each with a control plane of its own.
test.describe.configure({ mode: 'parallel' });

let plane: ServedPlane;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
  await plane.runner('dock-rack2', ['--kind', 'docker_host', '--label', 'region=eu']);
  plane.submit({ wu_id: 'WU-1', title: 'Waits for a class', command: { argv: ['true'] }, compute_class: 'gpu-small' });
  plane.submit({
    wu_id: 'WU-3',
    title: 'Asks first',
    command: { argv: ['true'] },
    approval: { when: 'before_start', kinds: ['writes to production'] },
  });
  plane.submit({ wu_id: 'WU-2', title: '<img src=x onerror=alert(1)> title', command: { argv: ['true'] } });
});
test.afterAll(() => plane.stop());

const SCREENS = [
  ['compute', 'Overview'],
  ['jobs', 'Jobs'],
  ['leases', 'Leases'],
  ['approvals', 'Approvals'],
  ['settings', 'Settings'],
  ['routing', 'Routing policy'],
  ['budgets', 'Budgets'],
  ['evidence', 'Evidence'],
  ['replay?at=1', 'Evidence'],
  ['sources', 'Sources'],
  ['sources/add', 'Add runner'],
] as const;

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
] as const;

for (const [path, heading] of SCREENS) {
  test(`${heading} (${path}) is whole and accessible at both sizes`, async ({ page }) => {
    const faults: string[] = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    await plane.signIn(page);
    await page.goto(page.url().replace(/\/compute.*$/, `/${path}`));
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await expect(page.getByRole('heading', { name: heading, exact: true }).first()).toBeVisible();
      await expectAccessible(page, `${heading} at ${size.width}`);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(sideways).toBeLessThanOrEqual(0);
    }
    expect(faults).toEqual([]);
  });
}

test('a title that looks like markup is shown as text', async ({ page }) => {
  await plane.signIn(page);
  await page.goto(page.url().replace(/\/compute.*$/, '/jobs'));
  await expect(page.getByText('<img src=x onerror=alert(1)> title').first()).toBeVisible();
});

test('a waiting job says why, and the answer changes live when the fleet does', async ({ page }) => {
  await plane.signIn(page);
  await page.goto(page.url().replace(/\/compute.*$/, '/jobs?state=queued'));
  await page.getByText('Waits for a class').first().click();
  await expect(page.getByText(/No source has/).first()).toBeVisible();
});

test('every link of the navigation leads to a screen that exists', async ({ page }) => {
  await plane.signIn(page);
  await expect(page.getByRole('link', { name: /^Jobs/ })).toBeVisible();
  const links = await page.getByRole('navigation').getByRole('link').all();
  expect(links.length).toBeGreaterThanOrEqual(3);
  for (const href of await Promise.all(links.map((link) => link.getAttribute('href')))) {
    await page.goto(new URL(href ?? '', plane.url).href);
    await expect(page.getByText('There is no such page')).toHaveCount(0);
    await expect(page.getByRole('heading').first()).toBeVisible();
  }
});

test('a used sign-in link says what to do', async ({ page }) => {
  const { sign_in_url: url } = plane.cli('console') as { sign_in_url: string };
  await page.goto(url);
  await page.waitForURL(/\/dashboard\//);
  await page.evaluate(() => localStorage.clear());
  await page.goto('about:blank');
  await page.goto(url);
  await expect(page.getByText(/console --data-dir|fresh link/).first()).toBeVisible();
});

import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

// The longest file, and it changes nothing: both workers share it, each with a control plane of its own.
test.describe.configure({ mode: 'parallel' });

let plane: ServedPlane;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
  await plane.runner('dock-rack2', ['--kind', 'docker_host', '--label', 'region=eu']);
  await plane.submit({
    wu_id: 'WU-1',
    title: 'Waits for a class',
    command: { argv: ['true'] },
    compute_class: 'gpu-small',
  });
  await plane.submit({
    wu_id: 'WU-3',
    title: 'Asks first',
    command: { argv: ['true'] },
    approval: { when: 'before_start', kinds: ['writes to production'] },
  });
  await plane.submit({ wu_id: 'WU-2', title: '<img src=x onerror=alert(1)> title', command: { argv: ['true'] } });
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
    await plane.signIn(page, path);
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
  await plane.signIn(page, 'jobs');
  await expect(page.getByText('<img src=x onerror=alert(1)> title').first()).toBeVisible();
});

test('a waiting job says why, and the answer changes live when the fleet does', async ({ page }) => {
  await plane.signIn(page, 'jobs?state=queued');
  await page.getByText('Waits for a class').first().click();
  await expect(page.getByText(/No source has/).first()).toBeVisible();
});

test('what opens over a screen is accessible: notifications, palette, shortcuts, the submit form with its gates', async ({
  page,
}) => {
  await plane.signIn(page);
  await page.getByRole('button', { name: /^Notifications: \d+ needs? you$/ }).click();
  const bell = page.getByRole('dialog', { name: 'Notifications' });
  await expect(bell.getByRole('link', { name: /1 approval waiting/ })).toBeVisible();
  await expectAccessible(page, 'Notifications');
  await page.keyboard.press('Escape');
  await expect(bell).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('WU-1');
  await expect(page.getByRole('option', { name: /Waits for a class/ })).toBeVisible();
  await expectAccessible(page, 'Palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: /shortcuts/i })).toBeVisible();
  await expectAccessible(page, 'Shortcuts');
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  const form = page.getByRole('dialog', { name: 'Submit job' });
  await form.getByRole('switch', { name: 'Hold for approval' }).click();
  await form.getByRole('switch', { name: 'Private network' }).click();
  await expectAccessible(page, 'Submit job');
});

test('jobs that wait and that are held are accessible, whole in a narrow window and in forced colours, and stand still', async ({
  page,
}) => {
  await plane.signIn(page);
  for (const title of ['Waits for a class', 'Asks first']) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(page.url().replace(/(dashboard\/[^/]+)\/.*$/, '$1/jobs'));
    await page.getByText(title).first().click();
    await expect(page.getByRole('region', { name: 'Decision table' })).toBeVisible();
    await page.setViewportSize({ width: 1024, height: 700 });
    await expectAccessible(page, title);
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    const { sideways, cut, moving } = await page.evaluate(() => {
      const table = document.querySelector('.decision-table') as HTMLElement;
      return {
        sideways: document.documentElement.scrollWidth - window.innerWidth,
        cut: table.scrollWidth - (table.parentElement as HTMLElement).clientWidth,
        moving: document.getAnimations().filter(({ playState }) => playState === 'running').length,
      };
    });
    expect({ sideways: Math.max(0, sideways), cut: Math.max(0, cut), moving }).toEqual({
      sideways: 0,
      cut: 0,
      moving: 0,
    });
    await page.emulateMedia({ forcedColors: 'none' });
  }
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

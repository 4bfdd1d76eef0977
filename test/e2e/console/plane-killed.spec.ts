import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

let plane: ServedPlane;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
});
test.afterAll(() => plane.stop());

/** What the browser itself says of a request that found nobody. */
const EXPECTED = /Failed to load resource: net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE)/;
const submit = (title: string) =>
  plane.submit({ wu_id: 'WU-1', title, command: { argv: ['true'] }, compute_class: 'gpu-small' });
const cancelDialog = (page: Page) => page.getByRole('alertdialog', { name: 'Cancel WU-1?' });

test('a plane killed under the open console is said with the age of the data, loses no action, and returns by itself', async ({
  page,
}) => {
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  const { job_id: id } = await submit('Waits for a class');
  await plane.signIn(page);
  await page.keyboard.press('g');
  await page.keyboard.press('j');
  await page.getByText('Waits for a class').click();
  await expect(page).toHaveURL(new RegExp(id));
  await expect(page.getByRole('contentinfo')).toContainText('healthy');
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));

  await plane.crash();
  const banner = page.getByRole('status').filter({ hasText: 'The control plane stopped answering.' });
  await expect(banner).toContainText(/Shown data is from \d\d:\d\d:\d\d\./);
  await expect(page.getByRole('contentinfo')).toContainText('not answering');
  await expect(page.getByText('Waits for a class').first()).toBeVisible();
  await expectAccessible(page, 'a lost control plane');

  // An action meanwhile stays where it was tried and says that it was not done.
  await page.getByRole('button', { name: /^Cancel/ }).click();
  await cancelDialog(page).getByRole('textbox', { name: 'Reason' }).fill('Not needed any more');
  await cancelDialog(page).getByRole('button', { name: 'Cancel job' }).click();
  await expect(cancelDialog(page).getByRole('alert')).toContainText('Not done: the control plane does not answer.');
  await cancelDialog(page).getByRole('button', { name: 'Keep job' }).click();
  // A screen that was never open has nothing to show, and says so.
  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await expect(page.getByRole('alert').filter({ hasText: 'The control plane did not answer.' }).first()).toBeVisible();

  await plane.comeBack();
  await expect(page.getByText('No limits yet')).toBeVisible({ timeout: 20_000 });
  // Its stream tries again after 10 s at the most.
  await expect(banner).toHaveCount(0, { timeout: 20_000 });
  await expect(page.getByRole('contentinfo')).toContainText('healthy');
  await page.keyboard.press('g');
  await page.keyboard.press('j');
  await submit('Told after the return');
  await expect(page.getByText('Told after the return')).toBeVisible();
  // What was refused is done now, by the same hand on the same page.
  await page.getByText('Waits for a class').click();
  await page.getByRole('button', { name: /^Cancel/ }).click();
  await cancelDialog(page).getByRole('button', { name: 'Cancel job' }).click();
  await expect(page.getByText(/^Canceled/).first()).toBeVisible();
  expect(await page.evaluate(() => (globalThis as { isSamePage?: boolean }).isSamePage)).toBe(true);
  expect(faults.filter((fault) => !EXPECTED.test(fault))).toEqual([]);
});

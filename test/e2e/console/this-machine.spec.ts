import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

let plane: ServedPlane;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
});
test.afterAll(() => plane?.stop());

test('this machine is used in one step, runs a job, is paused, and is given up again', async ({ page }) => {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await plane.signIn(page, 'settings#this-machine');
  const section = page.getByRole('region', { name: 'This machine' });
  await section.getByRole('button', { name: 'Use this machine' }).click();
  await expect(section.getByText('Takes jobs', { exact: true })).toBeVisible({ timeout: 20_000 });
  const { job_id: jobId } = await plane.submit({ wu_id: 'WU-1', title: 'Here', command: { argv: ['true'] } });
  await expect
    .poll(() => (plane.cli('job', 'show', jobId) as { state: string }).state, { timeout: 20_000 })
    .toBe('succeeded');
  await section.getByRole('button', { name: 'Show log' }).click();
  await expect(section.getByRole('log')).toContainText('Asking for work');
  await section.getByLabel('Slots').fill('2');
  await section.getByRole('button', { name: 'Save' }).click();
  await expect(section.getByRole('button', { name: 'Save' })).toBeDisabled();
  await expect(section.getByText('Takes jobs', { exact: true })).toBeVisible({ timeout: 20_000 });
  await section.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(section.getByText('Paused by its owner')).toBeVisible();
  await expectAccessible(page, 'this machine in use');
  await section.getByRole('button', { name: 'Give up', exact: true }).click();
  await page.getByRole('button', { name: 'Give up this machine' }).click();
  await expect(section.getByRole('button', { name: 'Use this machine' })).toBeVisible({ timeout: 20_000 });
  expect(faults).toEqual([]);
});

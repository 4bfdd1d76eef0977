import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

let plane: ServedPlane;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
  await plane.runner('dock-rack2', ['--kind', 'docker_host', '--label', 'region=eu']);
});
test.afterAll(() => plane.stop());

const open = async (page: Page, jobId: string) => {
  await plane.signIn(page, `jobs/${jobId}`);
};
const advice = (page: Page) => page.getByRole('region', { name: 'What would place it now' });

test('a waiting job is placed by one change, made on its page with a reason', async ({ page }) => {
  const { job_id: id } = await plane.submit({
    wu_id: 'WU-1',
    title: 'Needs a zone',
    command: { argv: ['true'] },
    labels: { zone: 'rack2' },
  });
  await open(page, id);
  await expect(page.getByText(/No source has cpu-small and zone=rack2/).first()).toBeVisible();
  const row = advice(page).getByRole('listitem').filter({ hasText: 'Add zone=rack2 to dock-rack2' });
  await expect(row.getByText('Runs on dock-rack2. No side effects.')).toBeVisible();
  await row.getByRole('button', { name: 'Preview' }).click();
  await expect(row.getByText(/^Waiting now, then assigned to dock-rack2, because/)).toBeVisible();
  await expectAccessible(page, 'unblock preview');
  await row.getByRole('textbox', { name: 'Reason' }).fill('The rack has it');
  await row.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('Done: Add zone=rack2 to dock-rack2.')).toBeVisible();
  await expect(page.getByText(/Succeeded, attempt 1/).first()).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/Assigned to dock-rack2, because/).first()).toBeVisible();
  await expect(advice(page)).toHaveCount(0);
  const { items } = plane.cli('evidence', 'list') as { items: { types: string[]; line: string }[] };
  const changed = items.filter(({ types }) => types.includes('source.changed')).map(({ line }) => line);
  expect(changed.at(-1)).toContain('The rack has it');
});

test('a refused job names the limit, and runs again as a new job under exactly that much more', async ({ page }) => {
  await plane.budgets({
    limits: [{ scope: 'wu:WU-2', limit_mcu: 5_000 }],
    rates: { byoc: { 'cpu-small': 1_000 } },
  });
  const { job_id: id } = await plane.submit({
    wu_id: 'WU-2',
    title: 'Costs too much',
    command: { argv: ['true'] },
    max_runtime_ms: 600_000,
  });
  await open(page, id);
  await expect(page.getByText(/Needs 10 CU, the WU limit is 5\./).first()).toBeVisible();
  const row = advice(page).getByRole('listitem').filter({ hasText: 'Raise WU-2 by exactly 5 CU' });
  await row.getByRole('button', { name: 'Preview' }).click();
  await row.getByRole('textbox', { name: 'Reason' }).fill('Worth it');
  await row.getByRole('button', { name: 'Raise', exact: true }).click();
  await expect(page).not.toHaveURL(new RegExp(id));
  await expect(page.getByText(/Succeeded, attempt 1/).first()).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('heading', { name: 'WU-2', exact: true })).toBeVisible();
});

test('a runner that the job lacks is added with what it needs filled in, and can be changed', async ({ page }) => {
  const { job_id: id } = await plane.submit({
    wu_id: 'WU-3',
    title: 'Needs a big one',
    command: { argv: ['true'] },
    compute_class: 'gpu-large',
    labels: { zone: 'rack9' },
  });
  await open(page, id);
  const row = advice(page)
    .getByRole('listitem')
    .filter({ hasText: 'Enroll a source of class gpu-large with zone=rack9' });
  await row.getByRole('link', { name: 'Add runner' }).click();
  await expect(page.getByText('For WU-3, Needs a big one')).toBeVisible();
  await expect(page.getByText('Filled in: gpu-large, zone=rack9. Change what you like.')).toBeVisible();
  await expect(page.getByRole('radio', { name: /^gpu-large/ })).toBeChecked();
  await expectAccessible(page, 'wizard for a job');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Remove zone' }).click();
  await page.getByRole('textbox', { name: 'Labels' }).fill('zone=rack8');
  await page.reload();
  await expect(page.getByText('For WU-3, Needs a big one')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Remove zone' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Name' }).fill('gpu-1');
  await page.getByRole('button', { name: 'Create credential' }).click();
  await expect(page.getByRole('heading', { name: /credential/i }).first()).toBeVisible();
  const { items } = plane.cli('source', 'list') as { items: { name: string; labels: object; pinned_class: string }[] };
  expect(items.find(({ name }) => name === 'gpu-1')).toMatchObject({
    labels: { zone: 'rack9' },
    pinned_class: 'gpu-large',
  });
});

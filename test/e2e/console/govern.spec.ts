import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

let plane: ServedPlane;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
  await plane.submit({
    wu_id: 'WU-2497',
    title: 'Rebuild model',
    command: { argv: ['true'] },
    compute_class: 'gpu-small',
  });
});
test.afterAll(() => plane.stop());

const go = async (page: Page, keys: readonly string[]) => {
  await plane.signIn(page);
  for (const key of keys) await page.keyboard.press(key);
};
const budgets = () =>
  plane.cli('budget', 'show') as { version: number; limits: { scope: string; limit_mcu: number }[] };

test('a limit is set and refuses, is raised over a version that came meanwhile, and goes', async ({ page }) => {
  await go(page, ['g', 'b']);
  await expect(page.getByText('No limits yet')).toBeVisible();
  await page.getByRole('region', { name: 'Managed tier' }).getByRole('button', { name: 'Set a limit' }).click();
  const drawer = page.getByRole('dialog', { name: 'Add limit' });
  await drawer.getByRole('textbox', { name: 'Amount' }).fill('six hundred');
  await drawer.getByRole('button', { name: 'Save limit' }).click();
  await expect(drawer.getByText('An amount of CU, like 600 or 0.5.')).toBeVisible();
  await drawer.getByRole('textbox', { name: 'Amount' }).fill('600');
  await expectAccessible(page, 'The limit form');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('row', { name: /Managed tier.*0 of 600/ })).toBeVisible();
  expect(budgets().limits).toMatchObject([{ scope: 'tier:managed', limit_mcu: 600_000 }]);

  plane.cli('budget', 'set', '--limit', 'tier:managed/day=600000', '--limit', 'wu:WU-2431=1000');
  await expect(page.getByRole('row', { name: /WU-2431/ })).toBeVisible();
  plane.publish({ mode: 'managed_only', reason: 'To meet the limit' });
  const refused = { wu_id: 'WU-2431', title: 'Too dear', command: { argv: ['true'] }, max_runtime_ms: 600_000 };
  await plane.submit(refused);
  const refusals = page.getByRole('region', { name: 'Refusals', exact: true }).last();
  await expect(
    refusals.getByText(/Needs 10 CU\. The limit is 1 in total: 0 settled, 0 held, 9 missing\./),
  ).toBeVisible();

  await page.getByRole('row', { name: /WU-2431/ }).click();
  await page.getByRole('button', { name: 'Edit limit' }).click();
  const edit = page.getByRole('dialog', { name: 'Limit of WU-2431' });
  await edit.getByRole('textbox', { name: 'Amount' }).fill('20');
  plane.cli('budget', 'set', '--default-wu-limit-mcu', '120000');
  await expect(edit.getByText('Limits changed meanwhile')).toBeVisible();
  await edit.getByRole('button', { name: 'Take it over' }).click();
  await edit.getByRole('button', { name: 'Save limit' }).click();
  await expect(page.getByRole('row', { name: /WU-2431.*0 of 20/ })).toBeVisible();
  await expect(page.getByText(/A WU without a limit of its own has 120 CU in total\./)).toBeVisible();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove limit' }).click();
  await expect(page.getByRole('row', { name: /WU-2431/ })).toHaveCount(0);
});

test('rates are saved, and credits put in', async ({ page }) => {
  await go(page, ['g', 'b']);
  await page.getByRole('button', { name: 'Rates and default' }).click();
  await page.getByRole('textbox', { name: 'BYOC rate of cpu-large, CU a minute' }).fill('0.5');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText(/Rates saved as version \d+\./)).toBeVisible();

  await page.getByRole('button', { name: 'Metering' }).click();
  await page.getByRole('textbox', { name: 'Put credits in' }).fill('100');
  await page.getByRole('button', { name: 'Put in' }).click();
  await expect(page.getByText('100 CU of credits put in.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Metering' }).last()).toContainText('+100 CU');
});

test('a policy is drafted, simulated, published by keys, and met by another one', async ({ page }) => {
  const { version: before } = plane.publish({ mode: 'managed_first' });
  await go(page, ['g', 'r']);
  await expect(page.getByRole('heading', { name: 'Not enough history' })).toBeVisible();
  await page.getByRole('radio', { name: /^byoc_only/ }).click();
  await page.getByRole('button', { name: 'Override cpu-large' }).click();
  const drawer = page.getByRole('dialog', { name: 'Override' });
  await drawer.getByRole('combobox', { name: /Mode/ }).click();
  await page.getByRole('option', { name: 'managed_only' }).click();
  await drawer.getByRole('button', { name: 'Put into the draft' }).click();
  await page.getByRole('textbox', { name: 'How long a job may wait until it is refused' }).fill('10 min');
  await page.getByRole('textbox', { name: 'How long a job may wait until it is refused' }).press('Enter');
  await expect(page.getByText('3 unsaved changes')).toBeVisible();
  await expectAccessible(page, 'A draft');
  await expect(page.getByRole('button', { name: /^Publish v/ })).not.toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('textbox', { name: 'Reason' })).toBeFocused();

  plane.publish({ mode: 'managed_first', four_eyes: true, reason: 'Two people' });
  await expect(page.getByText(new RegExp(`^v${before + 1} was published by`))).toBeVisible();
  await page.getByRole('button', { name: `Take v${before + 1} over` }).click();
  await expect(page.getByRole('switch', { name: 'Four-eyes' })).toBeChecked();
  await page.getByRole('textbox', { name: 'Reason' }).fill('Own sources only');
  await expect(page.getByRole('button', { name: /^Publish v/ })).not.toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Control+s');
  await expect(page.getByText(`v${before + 2} is live.`)).toBeVisible();
  expect(plane.cli('policy', 'show')).toMatchObject({
    mode: 'byoc_only',
    refuse_after_ms: 600_000,
    four_eyes: true,
    overrides: [{ compute_class: 'cpu-large', mode: 'managed_only' }],
    reason: 'Own sources only',
  });
});

test('a version is rolled back', async ({ page }) => {
  const { version: before } = plane.publish({ mode: 'managed_first' });
  plane.publish({ mode: 'byoc_only', overrides: [{ compute_class: 'cpu-large', mode: 'managed_only' }] });
  await go(page, ['g', 'r']);
  await page.getByRole('button', { name: 'Versions' }).click();
  await page.getByRole('button', { name: new RegExp(`^v${before} `) }).click();
  await page.getByRole('button', { name: `Roll back to v${before}` }).click();
  await page.getByRole('button', { name: /^Publish v/ }).click();
  await expect(page.getByText(`v${before + 2} is live.`)).toBeVisible();
  expect(plane.cli('policy', 'show')).toMatchObject({ mode: 'managed_first', rolls_back_to: before, overrides: [] });
});

import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

let plane: ServedPlane;
const asks = (wu: string, title: string) =>
  plane.submit({
    wu_id: wu,
    title,
    command: { argv: ['true'] },
    approval: { when: 'before_start', kinds: ['writes to production'] },
  });
test.beforeAll(async () => {
  plane = await ServedPlane.start();
  await plane.runner('dock-rack2', ['--kind', 'docker_host']);
  await asks('WU-1', 'Apply schema migration');
  await asks('WU-2', 'Publish the package');
});
test.afterAll(() => plane.stop());

test('a question is approved, another rejected with its reason, a network asked for, granted and revoked', async ({
  page,
}) => {
  await plane.signIn(page);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  const inbox = page.getByRole('navigation', { name: 'Waiting' });
  await inbox.getByRole('button', { name: /Apply schema migration/ }).click();
  await expect(page.getByRole('heading', { name: 'What it will do' })).toBeVisible();
  await expectAccessible(page, 'Approvals');
  await page.keyboard.press('Shift+A');
  await expect(page.getByText('WU-1 approved.')).toBeVisible();

  await inbox.getByRole('button', { name: /Publish the package/ }).click();
  // The keys are the answer to what is shown.
  await expect(page.getByRole('heading', { name: 'Publish the package' })).toBeVisible();
  await page.keyboard.press('Shift+R');
  await expect(page.getByText('Say why it is rejected.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Reason' }).fill('Not before the freeze ends.');
  await page.getByRole('button', { name: 'Reject' }).click();
  await expect(page.getByText('WU-2 rejected.')).toBeVisible();
  await expect(page.getByText('Nothing needs you')).toBeVisible();

  await page.getByRole('button', { name: 'Request admission' }).click();
  await page.getByRole('textbox', { name: 'Network' }).fill('lab');
  await page.getByRole('button', { name: 'Source Choose a source' }).click();
  await page.getByRole('combobox', { name: 'Search: Source' }).fill('rack2');
  await expectAccessible(page, 'Choose a source');
  await page.getByRole('option', { name: 'dock-rack2' }).click();
  await page.getByRole('textbox', { name: 'Hosts' }).fill('registry.lan:443');
  await expectAccessible(page, 'Request admission');
  await page.getByRole('button', { name: 'Request', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'private:lab on dock-rack2' })).toBeVisible();
  await page.getByRole('button', { name: 'Grant' }).click();
  await expect(page.getByText('private:lab granted.')).toBeVisible();

  await page.getByRole('button', { name: 'Decided' }).click();
  const decided = page.getByRole('navigation', { name: 'Decided' });
  await expect(decided.getByRole('listitem')).toHaveCount(3);
  await decided.getByRole('button', { name: /private:lab/ }).click();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke admission' }).click();
  await expect(page.getByText('private:lab revoked.')).toBeVisible();
  await decided.getByRole('button', { name: /Publish the package/ }).click();
  await expect(page.getByText('Not before the freeze ends.').first()).toBeVisible();
});

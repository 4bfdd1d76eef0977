import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

const CLI = join(import.meta.dirname, '../../../out/cli.mjs');
const LONG = { argv: ['node', '-e', 'setInterval(() => console.log(1), 1000)'] };

let plane: ServedPlane;
let jobId: string;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
  await plane.runner('dock-rack2', ['--kind', 'docker_host']);
  const job = { wu_id: 'WU-2473', title: 'Backfill usage, 10 Oct', command: LONG, max_attempts: 1 };
  ({ job_id: jobId } = await plane.submit(job));
});
test.afterAll(() => plane.stop());

const go = async (page: Page, path: string) => {
  await plane.signIn(page, path);
};

test('a lease is opened by keys and revoked, and the screen follows', async ({ page }) => {
  await go(page, 'leases');
  await expect(page.getByRole('button', { name: /WU-2473/ }).first()).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Revoking fences token')).toBeVisible();
  await expectAccessible(page, 'An open lease');
  await page.keyboard.press('x');
  const dialog = page.getByRole('alertdialog', { name: 'Revoke the lease on WU-2473?' });
  await expect(dialog.getByText(/is fenced at once and later writes from dock-rack2 are rejected/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Revoke lease' }).click();
  await expect(page.getByRole('complementary', { name: 'Lease' }).getByText('Revoked', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Table' }).click();
  await page.getByRole('group', { name: 'State' }).getByRole('button', { name: 'Revoked' }).click();
  await expect(page.getByRole('row', { name: /WU-2473/ })).toBeVisible();
  const job = plane.cli('job', 'show', jobId) as { attempts: { state: string }[] };
  expect(job.attempts[0]?.state).toBe('revoked');
});

test('the log is verified in the browser, an entry opens with its proof, and goes back in time', async ({ page }) => {
  await go(page, 'evidence');
  await expect(page.getByText('Chain verified.')).toBeVisible();
  await page
    .getByRole('row', { name: /job\.submitted/ })
    .first()
    .click();
  await expect(page.getByText(/^In the tree of \d+, computed here$/)).toBeVisible();
  await expect(page.locator('.log-bytes')).toContainText('"type":"job.submitted"');
  await expectAccessible(page, 'An open entry');
  await page.getByRole('link', { name: 'Replay from here' }).click();
  await expect(page).toHaveURL(/\/replay\?at=\d+$/);
  await expect(page.getByText(/^The workspace at #\d+.*Read-only\.$/)).toBeVisible();
  await expect(page.getByRole('row', { name: /lease\.granted/ })).toHaveCount(0);
  const then = page.getByRole('complementary', { name: 'State then' });
  await expect(then.getByText(/^State at #\d+$/)).toBeVisible();
  await expect(then.getByText('What it does not prove')).toBeVisible();
  await expectAccessible(page, 'The log at an entry');
  await page.keyboard.press('End');
  await expect(page).toHaveURL(/\/evidence$/);
  await expect(page.getByRole('row', { name: /lease\.granted/ }).first()).toBeVisible();
});

test('an exported bundle verifies by the command line', async ({ page }, info) => {
  await go(page, 'evidence');
  await expect(page.getByText('Chain verified.')).toBeVisible();
  await page.keyboard.press('Control+e');
  const drawer = page.getByRole('dialog', { name: 'Export evidence bundle' });
  await drawer.getByRole('button', { name: 'Everything' }).click();
  await expectAccessible(page, 'The export drawer');
  const waiting = page.waitForEvent('download');
  await drawer.getByRole('button', { name: 'Export', exact: true }).click();
  const file = info.outputPath('bundle.tar');
  await (await waiting).saveAs(file);
  const { plane: about } = await page.evaluate(async () => {
    const session = localStorage.getItem('cc_session') ?? '';
    return (await fetch('/api/v1/session', { headers: { 'CC-Session': session } })).json();
  });
  // Throws unless it exits with 0, which says intact.
  execFileSync(process.execPath, [CLI, 'evidence', 'verify', file, '--key', about.fingerprint]);
});

test('an operator is added with a token shown once, and revoked', async ({ page }) => {
  await go(page, 'settings');
  await page.getByLabel('Add an operator').fill('tomas');
  await page.getByRole('button', { name: 'approver' }).click();
  await page.getByRole('button', { name: 'Add operator' }).click();
  const token = page.getByRole('group', { name: 'Token of tomas' });
  await expect(token.getByText(/^cco_•+/)).toBeVisible();
  await expectAccessible(page, 'A new token');
  await page.getByRole('button', { name: 'Done, hide it' }).click();
  await expect(token).toHaveCount(0);
  await page.getByRole('button', { name: 'Revoke tomas' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke operator' }).click();
  await expect(page.getByText(/^Revoked \d/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Revoke tomas' })).toHaveCount(0);
});

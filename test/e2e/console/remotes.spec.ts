import { expect, type Page, test } from '@playwright/test';
import { Relay } from '../../helpers/relay.ts';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

/** Two real control planes: the console of one looks at the other, over a network that the test can cut. */
let near: ServedPlane;
let far: ServedPlane;
let network: Relay;
let token: string;
let farId: string;
test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  network = await Relay.listen();
  far = await ServedPlane.start(['--public-url', network.url]);
  network.targetPort = Number(new URL(far.url).port);
  near = await ServedPlane.start();
  await far.submit({
    wu_id: 'WU-FAR',
    title: 'Runs elsewhere',
    command: { argv: ['true'] },
    compute_class: 'gpu-small',
  });
  token = await far.operator('vera', 'viewer');
  farId = far.workspaceId();
});
test.afterAll(async () => {
  await Promise.all([near?.stop(), far?.stop()]);
  network?.close();
});

const settings = async (page: Page): Promise<void> => {
  await near.signIn(page, 'settings#workspaces');
  await expect(page.getByRole('heading', { name: 'Workspaces', exact: true })).toBeVisible();
};
const connect = async (page: Page, address: string, secret: string): Promise<void> => {
  await page.getByLabel('Address').fill(address);
  await page.getByLabel('Access token').fill(secret);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
};

test('the test says what failed, before anything is kept', async ({ page }) => {
  await settings(page);
  await connect(page, 'http://compute.example', token);
  await expect(page.getByText('plain http is taken for this machine itself only')).toBeVisible();
  await connect(page, network.url, `cco_${'0'.repeat(38)}`);
  const result = page.getByRole('region', { name: 'Test' });
  await expect(result.getByText('The token was not accepted.')).toBeVisible();
  await expect(result.getByText('Address answers, passed')).toBeVisible();
  await expectAccessible(page, 'a failed test');
});

test('connects, and shows name and mark of the remote workspace on every screen, with the rights of its token', async ({
  page,
}) => {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await settings(page);
  await connect(page, network.url, token);
  await page.waitForURL(`**/dashboard/${farId}/compute`);
  const host = new URL(network.url).host;
  await expect(page.getByRole('button', { name: new RegExp(`^Workspace .*, ${host}$`) })).toBeVisible();
  await expect(page.locator('.app-shell')).toHaveAttribute('data-remote', 'teal');
  await expect(page.getByRole('contentinfo')).toContainText(`${host}, healthy`);
  await page.getByRole('link', { name: /^Jobs/ }).click();
  await expect(page.getByText('Runs elsewhere').first()).toBeVisible();
  // Live, through the console's own host.
  await far.submit({ wu_id: 'WU-FAR', title: 'Told at once', command: { argv: ['true'] }, compute_class: 'gpu-small' });
  await expect(page.getByText('Told at once').first()).toBeVisible();
  await page.keyboard.press('c');
  await expect(page.getByText('Your role is viewer. This needs operator or admin.').first()).toBeAttached();
  await expectAccessible(page, 'a remote workspace');
  expect(faults).toEqual([]);
});

test('switches between workspaces without a reload, and a deep link leads straight to a remote one', async ({
  page,
}) => {
  await near.signIn(page);
  const home = page.url();
  await page.goto(`${near.url}/dashboard/${farId}/jobs`);
  await expect(page.getByText('Runs elsewhere').first()).toBeVisible();
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
  await page.getByRole('button', { name: /^Workspace / }).click();
  await page.getByRole('menuitem', { name: /embedded/ }).click();
  await page.waitForURL(home);
  await expect(page.locator('.app-shell')).not.toHaveAttribute('data-remote');
  await expect(page.getByRole('button', { name: /^Workspace .*, embedded$/ })).toBeVisible();
  await page.getByRole('link', { name: /^Jobs/ }).click();
  await expect(page.getByText('Runs elsewhere')).toHaveCount(0);
  expect(await page.evaluate(() => (globalThis as { isSamePage?: boolean }).isSamePage)).toBe(true);
});

test('says when the remote does not answer, and returns by itself', async ({ page }) => {
  await near.signIn(page);
  await page.goto(`${near.url}/dashboard/${farId}/jobs`);
  await expect(page.getByText('Runs elsewhere').first()).toBeVisible();
  network.cut();
  await expect(page.getByText(`${network.url} does not answer.`)).toBeVisible();
  await expect(page.getByText('Runs elsewhere').first()).toBeVisible();
  network.mend();
  await expect(page.getByText(`${network.url} does not answer.`)).toHaveCount(0, { timeout: 20_000 });
  await expect(page.getByRole('contentinfo')).toContainText('healthy');
});

test('is removed from this console, and its address leads nowhere then', async ({ page }) => {
  await settings(page);
  await page.getByRole('button', { name: /^Change / }).click();
  await page.getByRole('button', { name: 'Remove from this console' }).click();
  await expect(page.getByText('Its token is forgotten here.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Change / })).toHaveCount(0);
});

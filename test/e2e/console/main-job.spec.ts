import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

let plane: ServedPlane;
test.beforeEach(async () => {
  plane = await ServedPlane.start();
});
test.afterEach(() => plane.stop());

test('a newcomer enrolls this machine with the printed commands and sees the first job run', async ({
  page,
  context,
}) => {
  test.setTimeout(120_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await plane.signIn(page);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await page
    .getByRole('link', { name: /Add runner/ })
    .first()
    .click();
  await expect(page).toHaveURL(/sources\/add/);
  await page.getByRole('button', { name: /^(Continue|Next)/ }).click();
  await page.getByLabel(/^Name/).fill('laptop-1');
  await page
    .getByRole('button', { name: /Create|credential/i })
    .last()
    .click();
  await expect(page.getByText('Copy the runtime credential now')).toBeVisible();
  await expect(page.getByText(/cce_[0-9A-Za-z]{38}/)).toHaveCount(0);
  await page.getByRole('button', { name: /^Copy/ }).first().click();
  const credential = await page.evaluate(() => navigator.clipboard.readText());
  expect(credential).toMatch(/^cce_[0-9A-Za-z]{38}$/);
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Show the commands' }).click();
  const command = async (verb: string): Promise<string> => {
    await page
      .getByRole('region', { name: `Command: ${verb}` })
      .getByRole('button', { name: /Cop/ })
      .click();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const connect = await plane.paste(await command('Connect'), `${credential}\n`);
  expect(connect.code, connect.output).toBe(0);
  const doctor = await plane.paste(await command('Doctor'));
  expect(doctor.code, doctor.output).toBe(0);
  const runCommand = await command('Run once');
  const again = await plane.paste(`${await command('Connect')} --state-dir ${plane.dataDir}/second`, `${credential}\n`);
  expect(again.code).not.toBe(0);
  expect(again.output).toContain('used already');
  expect(again.output).not.toContain(credential);
  // The page has followed by itself: connected, doctor passed.
  await expect(page.getByText(/Doctor: \d+ of \d+ passed/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page
    .getByRole('button', { name: /Submit/ })
    .last()
    .click();
  const run = await plane.paste(runCommand);
  expect(run.code, run.output).toBe(0);
  await expect(page.getByText(/Succeeded/).first()).toBeVisible();
  await expect(page.getByText(/Assigned to/).first()).toBeVisible();
});

test('a real job is submitted in the page, runs with its log live, and says why', async ({ page }) => {
  test.setTimeout(120_000);
  await plane.runner('dock-rack2', ['--kind', 'docker_host']);
  await plane.signIn(page);
  await page.keyboard.press('c');
  await page.getByLabel('WU', { exact: true }).fill('WU-2500');
  await page.getByLabel('Title').fill('Regenerate invoice fixtures');
  await page
    .getByLabel('Command', { exact: true })
    .fill(
      `node -e "let n = 0; const t = setInterval(() => { console.log('line ' + ++n); if (n === 8) clearInterval(t); }, 1000)"`,
    );
  await expect(page.getByText('If submitted now')).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await page.goto(page.url().replace(/\/(compute|jobs).*$/, '/jobs'));
  await page.getByText('Regenerate invoice fixtures').first().click();
  await expect(page.getByText(/Assigned to/).first()).toBeVisible();
  await expect(page.getByRole('log').getByText('line 2', { exact: true })).toBeVisible();
  await expect(page.getByText('Running', { exact: false }).first()).toBeVisible();
  await expect(page.getByText(/Succeeded, attempt 1/).first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('log').getByText('line 8', { exact: true })).toBeVisible();
  await expectAccessible(page, 'job');
  await page.keyboard.press('r');
  await expect(page).toHaveURL(/\/replay\?at=\d+$/);
});

test('a running job is canceled from its page and its process is gone', async ({ page }) => {
  await plane.runner('dock-rack2');
  const { job_id: id } = await plane.submit({
    wu_id: 'WU-1',
    title: 'Sleeps long',
    command: { argv: ['sleep', '300'] },
  });
  await plane.signIn(page, `jobs/${id}`);
  await expect(page.getByText(/Running, attempt 1/).first()).toBeVisible();
  await page
    .getByRole('button', { name: /^Cancel/ })
    .first()
    .click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Cancel job/ })
    .click();
  await expect(page.getByText(/^Canceled/).first()).toBeVisible({ timeout: 20_000 });
});

test('the commands of a Kubernetes worker carry its cluster, also after a reload', async ({ page, context }) => {
  test.setTimeout(60_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await plane.signIn(page, 'sources/add');
  await page.getByRole('radio', { name: /Kubernetes worker/ }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Create credential' }).click();
  await page.getByRole('button', { name: /^Copy/ }).first().click();
  const credential = await page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Show the commands' }).click();

  const cluster = page.getByRole('region', { name: 'Jobs in the cluster' });
  const doctor = page.getByRole('region', { name: 'Command: Doctor' });
  await cluster.getByRole('textbox', { name: 'Helper image' }).fill('busybox:latest');
  await expect(cluster.getByText('An image with its digest')).toBeVisible();
  await expect(doctor).not.toContainText('--kube-helper');
  const image = `registry.example/busybox@sha256:${'e'.repeat(64)}`;
  await cluster.getByRole('textbox', { name: 'Helper image' }).fill(image);
  await cluster.getByRole('textbox', { name: 'Kubeconfig' }).fill(`${plane.dataDir}/kube config.json`);
  await expectAccessible(page, 'wizard of a cluster');
  await page.reload();
  await expect(cluster.getByRole('textbox', { name: 'Helper image' })).toHaveValue(image);
  await expect(doctor).toContainText(`--kube-helper ${image} --kubeconfig '${plane.dataDir}/kube config.json'`);
  await expect(page.getByRole('region', { name: 'Command: Run once' })).toContainText('--kube-helper');

  const textOf = async (verb: string) =>
    (await page
      .getByRole('region', { name: `Command: ${verb}` })
      .locator('pre')
      .textContent()) ?? '';
  const connected = await plane.paste(await textOf('Connect'), `${credential}\n`);
  expect(connected.code, connected.output).toBe(0);
  const checked = await plane.paste(await textOf('Doctor'));
  expect(checked.output).toContain('kube config.json');
});

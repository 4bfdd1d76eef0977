import { expect, type Page, test } from '@playwright/test';
import { ServedPlane } from './served-plane.ts';

let plane: ServedPlane;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
});
test.afterAll(() => plane.stop());

/** Fills the form that is open and sends it; ends on the job's page. */
const submit = async (
  page: Page,
  wu: string,
  title: string,
  more: (drawer: ReturnType<Page['getByRole']>) => unknown,
) => {
  const drawer = page.getByRole('dialog', { name: 'Submit job' });
  await drawer.getByLabel('WU', { exact: true }).fill(wu);
  await drawer.getByLabel('Title').fill(title);
  await drawer.getByLabel('Command', { exact: true }).fill('node --version');
  await more(drawer);
  await drawer.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByRole('heading', { name: wu, exact: true })).toBeVisible();
};
const main = (page: Page, name: RegExp) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });

test('with no manual: from the empty start to a job, a policy, a refusal that is unblocked, an approval, a bundle and a demo', async ({
  page,
}, info) => {
  test.setTimeout(240_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await plane.signIn(page);

  await test.step('the empty start leads to this machine as a runner', async () => {
    await expect(page.getByRole('heading', { name: /is ready$/ })).toBeVisible();
    await page.getByRole('link', { name: 'Use this machine' }).click();
    const section = page.getByRole('region', { name: 'This machine' });
    await section.getByRole('button', { name: 'Use this machine' }).click();
    await expect(section.getByText('Takes jobs', { exact: true })).toBeVisible({ timeout: 30_000 });
  });

  await test.step('the second step of the start is a job, and it succeeds', async () => {
    await main(page, /^Overview/).click();
    await page.getByRole('link', { name: /^Submit job/ }).click();
    await submit(page, 'WU-1', 'What Node is here', (drawer) =>
      expect(drawer.getByText('Would be assigned')).toBeVisible(),
    );
    await expect(page.getByText(/Succeeded, attempt 1/).first()).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('log').getByText(/^v\d+\./)).toBeVisible();
  });

  await test.step('a policy is published once its simulation was seen', async () => {
    await main(page, /^Routing/).click();
    await page.getByRole('radio', { name: /^byoc_only/ }).click();
    await expect(page.getByText('1 unsaved change')).toBeVisible();
    await expect(page.getByText(/All there is so far: 1 real decision about 1 job\./)).toBeVisible();
    await page.getByRole('textbox', { name: /Reason/ }).fill('Nothing leaves this machine');
    await page.getByRole('button', { name: /^Publish v/ }).click();
    await expect(page.getByRole('contentinfo')).toContainText('byoc_only');
  });

  await test.step('a limit refuses a job, and its page unblocks it', async () => {
    await main(page, /^Budgets/).click();
    await page.getByRole('button', { name: 'Rates and default' }).click();
    await page.getByRole('textbox', { name: 'BYOC rate of cpu-small, CU a minute' }).fill('1');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText(/Rates saved as version/)).toBeVisible();
    await page.getByRole('region', { name: 'BYOC tier' }).getByRole('button', { name: 'Set a limit' }).click();
    const limit = page.getByRole('dialog', { name: 'Add limit' });
    await limit.getByRole('textbox', { name: 'Amount' }).fill('5');
    await limit.getByRole('button', { name: 'Save limit' }).click();
    await expect(page.getByRole('row', { name: /BYOC tier/ })).toBeVisible();
    await page.keyboard.press('c');
    await submit(page, 'WU-2', 'Costs more', (drawer) => expect(drawer.getByText('Would be refused')).toBeVisible());
    await expect(page.getByText(/Not moved elsewhere/).first()).toBeVisible();
    const advice = page.getByRole('region', { name: 'What would place it now' });
    const raise = advice.getByRole('listitem').filter({ hasText: /^Raise BYOC tier by exactly/ });
    await raise.getByRole('button', { name: 'Preview' }).click();
    await raise.getByRole('button', { name: 'Raise', exact: true }).click();
    await expect(page.getByText(/Succeeded, attempt 1/).first()).toBeVisible({ timeout: 30_000 });
  });

  await test.step('a job that is held for approval is approved from the bell', async () => {
    await page.keyboard.press('c');
    await submit(page, 'WU-3', 'Writes to production', async (drawer) => {
      await drawer.getByLabel('Max runtime').fill('1');
      await drawer.getByRole('switch', { name: 'Hold for approval' }).click();
      await drawer.getByLabel('Why it needs approval').fill('Writes to production');
    });
    await expect(page.getByText(/Waits for an approver/).first()).toBeVisible();
    await page.getByRole('button', { name: /^Notifications: \d+ need/ }).click();
    await page
      .getByRole('dialog', { name: 'Notifications' })
      .getByRole('link', { name: /1 approval waiting/ })
      .click();
    await page.getByRole('button', { name: /^Approve/ }).click();
    await expect(page.getByText('WU-3 approved.')).toBeVisible();
    await main(page, /^Jobs/).click();
    await page.getByText('Writes to production').first().click();
    await expect(page.getByText(/Succeeded, attempt 1/).first()).toBeVisible({ timeout: 30_000 });
  });

  await test.step('a bundle is exported', async () => {
    await main(page, /^Evidence/).click();
    await page.getByRole('button', { name: /^Export bundle/ }).click();
    const drawer = page.getByRole('dialog', { name: 'Export evidence bundle' });
    await drawer.getByRole('button', { name: 'Everything' }).click();
    const waiting = page.waitForEvent('download');
    await drawer.getByRole('button', { name: 'Export', exact: true }).click();
    await (await waiting).saveAs(info.outputPath('bundle.tar'));
    await page.keyboard.press('Escape');
  });

  await test.step('a demo is watched, and left', async () => {
    await main(page, /^Demo/).click();
    await page.getByRole('radio', { name: /Lease expiry and fencing/ }).click();
    await expect(page.getByText('Demo data is never written to your ledger.')).toBeVisible();
    await expect(page.getByText('An operator enrolls laptop-1.').first()).toBeVisible();
    await page.getByRole('button', { name: /^Step forward/ }).click();
    await expect(page.getByText(/^A job is submitted\./).first()).toBeVisible();
    await page.getByRole('button', { name: /Leave demo/ }).click();
    await expect(main(page, /^Approvals/)).toBeVisible();
  });
  expect(faults).toEqual([]);
});

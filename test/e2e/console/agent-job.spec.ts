import { expect, test } from '@playwright/test';
import { agentProgram } from '../../helpers/agent-program.ts';
import { expectAccessible } from './axe.ts';
import { ServedPlane } from './served-plane.ts';

let plane: ServedPlane;
let program = '';
test.beforeAll(async () => {
  program = await agentProgram();
  plane = await ServedPlane.start();
  await plane.runner('laptop-1');
});
test.afterAll(() => plane.stop());

/** Would be markup, turn text around or act in a terminal, were it anything but text. */
const HOSTILE = 'a<img src=x onerror=alert(1)>\u202egnp.txt';

const submit = (title: string, script: [string, object?][], more: object = {}) =>
  plane.submit({
    wu_id: 'WU-7',
    title,
    kind: 'mcp',
    mcp: {
      argv: ['node', 'agent.mjs'],
      tools: { 'fs.read': { price_mcu: 200 }, exec: { price_mcu: 1_000 }, 'fs.write': { rule: 'ask', price_mcu: 500 } },
    },
    budget: { extras_mcu: 10_000 },
    approval: { when: 'on_request' },
    inputs: [
      { path: 'agent.mjs', text: program },
      { path: 'script.json', text: JSON.stringify(script) },
      { path: 'notes.txt', text: 'first line\n' },
    ],
    max_attempts: 1,
    ...more,
  });

test('the calls of an agent are on its job, come live, and are shown as text', async ({ page }) => {
  test.setTimeout(240_000);
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  await plane.signIn(page);
  const { job_id: jobId } = await submit('Mend the flaky tests', [
    ['fs.read', { path: 'notes.txt' }],
    ['fs.read', { path: HOSTILE }],
    ['fs.read', { path: '../../etc/shadow' }],
    ['exec', { argv: ['sh', '-c', 'sleep 1; wc -l notes.txt'] }],
    ['fs.write', { path: 'out/report.txt', text: 'done\n' }],
    ['wait'],
  ]);
  await page.goto(page.url().replace(/\/compute.*$/, `/jobs/${jobId}`));
  await page.getByRole('tab', { name: 'Calls' }).click();
  const calls = page.getByRole('grid', { name: 'Calls of attempt 1' });
  const row = (text: string) => calls.getByRole('row').filter({ hasText: text });
  await expect(row('notes.txt').filter({ hasText: '0.2 CU' })).toContainText('Allowed', { timeout: 30_000 });
  await expect(row('../../etc/shadow')).toContainText('Refused');
  // The name of a file that an agent made up: what would be markup, or turn text around, stands there as text.
  await expect(row('a<img src=x onerror=alert(1)>‹202E›gnp.txt')).toContainText('Allowed, failed');
  await expect(row('wc -l notes.txt')).toContainText('1 CU', { timeout: 15_000 });
  // It waits for a person now; the page is not loaded again.
  await expect(page.getByText('4 calls, 1.4 CU of 10 CU')).toBeVisible();
  const { items } = plane.cli('approval', 'list') as { items: { approval_id: string }[] };
  plane.cli('approval', 'approve', items[0]?.approval_id ?? '');
  await expect(row('out/report.txt')).toContainText('Approved', { timeout: 15_000 });
  await expect(page.getByText('5 calls, 1.9 CU of 10 CU')).toBeVisible();
  for (const size of [
    { width: 1440, height: 900 },
    { width: 1024, height: 700 },
  ]) {
    await page.setViewportSize(size);
    await expect(row('out/report.txt')).toBeVisible();
    await expectAccessible(page, `calls at ${size.width}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await row('out/report.txt').getByRole('link').last().click();
  await expect(page.getByRole('heading', { name: 'Evidence' }).first()).toBeVisible();
  await expect(page.getByText('attempt.action').first()).toBeVisible();
  plane.cli('job', 'cancel', jobId);
  expect(faults).toEqual([]);
});

test('where there is no call, the tab says why', async ({ page }) => {
  const { job_id: quiet } = await submit('Does nothing', []);
  await plane.signIn(page, `jobs/${quiet}`);
  await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole('tab', { name: 'Calls' }).click();
  await expect(page.getByText('This attempt made no calls.')).toBeVisible();
  const { job_id: plain } = await plane.submit({ wu_id: 'WU-8', title: 'A command', command: { argv: ['true'] } });
  await page.goto(page.url().replace(/[^/]+$/, plain));
  await expect(page.getByRole('tab', { name: 'Log' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('tab', { name: 'Calls' })).toHaveCount(0);
});

test('an agent job is submitted in the drawer, with its tools, their prices and a ceiling', async ({ page }) => {
  await plane.signIn(page, 'jobs?open=submit');
  const drawer = page.getByRole('dialog', { name: 'Submit job' });
  await drawer.getByLabel('WU', { exact: true }).fill('WU-9');
  await drawer.getByLabel('Title').fill('From the drawer');
  await drawer.getByRole('button', { name: 'Agent job' }).click();
  await drawer.getByRole('textbox', { name: 'Command' }).fill('true');
  await drawer.getByRole('group', { name: 'exec' }).getByRole('button', { name: 'Ask' }).click();
  await drawer.getByLabel('Price of exec').fill('6');
  await drawer.getByLabel('Ceiling').fill('5');
  await drawer.getByRole('button', { name: /^Submit/ }).click();
  await expect(drawer.getByText('It costs more than the ceiling allows.')).toBeVisible();
  await drawer.getByLabel('Price of exec').fill('0.5');
  await expect(drawer.getByText('Would be assigned')).toBeVisible({ timeout: 15_000 });
  for (const size of [
    { width: 1440, height: 900 },
    { width: 1024, height: 700 },
  ]) {
    await page.setViewportSize(size);
    await expectAccessible(page, `submit an agent job at ${size.width}`);
  }
  await drawer.getByRole('button', { name: /^Submit/ }).click();
  await expect(page.getByRole('heading', { name: 'WU-9' })).toBeVisible();
  await page.getByRole('tab', { name: 'Environment' }).click();
  for (const part of ['"kind": "mcp"', '"price_mcu": 500', '"extras_mcu": 5000', '"when": "on_request"'])
    await expect(page.getByText(part)).toBeVisible();
});

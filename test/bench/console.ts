import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, CHROMIUM_MISSING, findChromium } from '../helpers/chromium.mjs';
import { framesDuring, interaction } from './console-probe.ts';
import { Storm } from './console-storm.ts';
import { IS_QUICK, median, newDirectory, nowMs, quantile, ROUNDS, type Row, report, row } from './kit.ts';

// The built console in Chromium against the built plane in a process of its own, with a large fleet.
const OUT = join(process.cwd(), 'out');
const SOURCES = 10_000;
const JOBS = 100_000;
const SCROLL_MS = IS_QUICK ? 1_500 : 4_000;
const STORM_MS = IS_QUICK ? 4_000 : 10_000;
/** Distance of one notch, px, and the wait between two: a hand that spins the wheel fast. */
const NOTCH_PX = 360;
const NOTCH_MS = 30;
/** Between two letters that somebody types. */
const TYPING_MS = 120;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A data directory with the fleet; one that was made before is copied, as a run changes it. */
function seeded(): string {
  const dataDir = newDirectory();
  const kept = process.env.BENCH_SEEDED;
  if (kept !== undefined) {
    cpSync(kept, dataDir, { recursive: true });
    return dataDir;
  }
  const made = spawnSync(process.execPath, [process.env.BENCH_SEED as string, dataDir, `${SOURCES}`, `${JOBS}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (made.status !== 0) throw new Error(`the seed ended with ${made.status}`);
  return dataDir;
}

async function serve(dataDir: string): Promise<{ plane: ChildProcess; url: string; signInUrl: string }> {
  const args = [join(OUT, 'cli.mjs'), 'serve', '--data-dir', dataDir, '--anchor-dir', join(dataDir, 'anchors')];
  const plane = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = createInterface({ input: plane.stdout as NodeJS.ReadableStream });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    plane.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
  });
  const ready = JSON.parse(line) as { url: string; sign_in_url: string };
  return { plane, url: ready.url, signInUrl: ready.sign_in_url };
}

/** In this time Chromium has opened a window: it loads pages of its own into it, which take a core for the first half second. */
const WINDOW_MS = 1_000;
/**
 * From the start of the navigation to the frame after the overview shows its data; nothing is in the browser's cache.
 * @param openedMs how long the window stands before that
 */
async function firstScreen(browser: Browser, signedIn: SignedIn, url: string, openedMs: number): Promise<number> {
  const context = await browser.newContext({ viewport: VIEWPORT, storageState: signedIn });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const watch = new MutationObserver(() => {
      if (document.querySelector('.overview a.overview-source') === null) return;
      watch.disconnect();
      // What the frame costs is over once a message arrives that was sent in it: then the page takes input.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => performance.mark('first-screen');
        port2.postMessage(null);
      });
    });
    watch.observe(document, { subtree: true, childList: true });
  });
  await pause(openedMs);
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => performance.getEntriesByName('first-screen').length > 0);
  const ms = await page.evaluate(() => performance.getEntriesByName('first-screen')[0]?.startTime ?? Number.NaN);
  await context.close();
  return ms;
}
type SignedIn = Awaited<ReturnType<BrowserContext['storageState']>>;
const VIEWPORT = { width: 1440, height: 900 };

async function spinWheel(page: Page, table: string): Promise<void> {
  const box = await page.getByRole('grid', { name: table }).boundingBox();
  if (box === null) throw new Error(`no table ${table}`);
  await page.mouse.move(box.x + box.width / 2, 500);
  for (const untilMs = nowMs() + SCROLL_MS; nowMs() < untilMs; await pause(NOTCH_MS))
    await page.mouse.wheel(0, NOTCH_PX);
}

const FIRST_ROW = '.table-row[data-index="0"]';
const FIRST_NAME = `${FIRST_ROW} .medium`;
/** Each finds another first row than the one before. */
const SOURCE_WORDS = ['kube', 'nvme', 'pool', 'lap-0001', 'eu-west', 'ci-'];
const JOB_WORDS = ['Lint', '#7777', 'WU-1234', 'Fold the', 'docs #9', 'nothing like it'];
/** What all jobs are gone through for: none of them has the first, the oldest ones the others. */
const FAR_WORDS = ['no such job', 'api #12', 'nowhere at all', 'billing #3', 'never submitted', 'api #0'];

/** A text comes into the filter at once, as pasted; the answer is how long its rows take. */
async function filter(page: Page, field: string, words: readonly string[]): Promise<number[]> {
  const input = page.getByRole('searchbox', { name: field });
  const taken: number[] = [];
  for (const word of words) {
    await input.focus();
    await input.selectText();
    // Its name, and not all of it: a time that passes in it is no answer.
    const before = await page.locator(FIRST_NAME).allTextContents();
    const shown = before[0] === undefined ? {} : { text: before[0], isGone: true };
    taken.push(
      await interaction(page, 'input', { selector: FIRST_NAME, ...shown }, () => page.keyboard.insertText(word)),
    );
  }
  await input.fill('');
  await page.waitForFunction(() => !location.search.includes('q='));
  await page.locator(FIRST_ROW).waitFor();
  return taken;
}

/** Opens one row after the other; the answer is how long its peek takes to show its source. */
async function openPeeks(page: Page): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 1; n <= 6; n++) {
    const line = page.locator(`.table-row[data-index="${n}"]`);
    const name = (await line.locator('.medium').first().textContent()) ?? '';
    const shown = { selector: '.drawer.is-peek h2', text: name };
    taken.push(await interaction(page, 'click', shown, () => line.click()));
  }
  return taken;
}

/** Types into the filter for as long as `untilMs` says. @returns ms from each key to the frame that answers it. */
async function type(page: Page, field: string, forMs: number): Promise<number[]> {
  const input = page.getByRole('searchbox', { name: field });
  const taken: number[] = [];
  const letters = 'storm part unit tests build ';
  await input.focus();
  for (let [n, startMs] = [0, nowMs()]; nowMs() - startMs < forMs; n++) {
    const letter = letters[n % letters.length] as string;
    if (n % letters.length === 0) await input.fill('');
    taken.push(await interaction(page, 'keydown', { selector: 'body' }, () => page.keyboard.press(letter)));
    await pause(TYPING_MS);
  }
  await input.fill('');
  return taken;
}

const bundleKb = (): number =>
  readdirSync(join(OUT, 'renderer/assets'))
    .filter((name) => /\.(js|css)$/.test(name))
    .reduce((bytes, name) => bytes + gzipSync(readFileSync(join(OUT, 'renderer/assets', name))).length, 0) / 1_000;

const executablePath = findChromium();
if (executablePath === null) throw new Error(CHROMIUM_MISSING);
const dataDir = seeded();
const { plane, url, signInUrl } = await serve(dataDir);
const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
const rows: Row[] = [];
try {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  await page.goto(signInUrl);
  await page.locator('.overview a.overview-source').first().waitFor();
  const board = page.url().replace(/\/compute.*$/, '');
  const signedIn = await context.storageState();
  const at = async (path: string): Promise<void> => {
    await page.goto(`${board}/${path}`);
    await page.locator(FIRST_ROW).waitFor();
  };

  const figures = {
    first: [] as number[],
    opening: [] as number[],
    sources: [] as number[],
    jobs: [] as number[],
    slow: [] as number[],
  };
  const waits = {
    sourceFilter: [] as number[],
    jobFilter: [] as number[],
    farFilter: [] as number[],
    peek: [] as number[],
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < 3; n++) {
      figures.opening.push(await firstScreen(browser, signedIn, url, 0));
      figures.first.push(await firstScreen(browser, signedIn, url, WINDOW_MS));
    }
    await at('sources');
    const bySources = await framesDuring(page, () => spinWheel(page, 'Sources'));
    await at('sources');
    waits.sourceFilter.push(...(await filter(page, 'Filter sources', SOURCE_WORDS)));
    waits.peek.push(...(await openPeeks(page)));
    await at('jobs');
    const byJobs = await framesDuring(page, () => spinWheel(page, 'Jobs'));
    await at('jobs');
    waits.jobFilter.push(...(await filter(page, 'Filter jobs', JOB_WORDS)));
    await at('jobs');
    waits.farFilter.push(...(await filter(page, 'Filter jobs', FAR_WORDS)));
    figures.sources.push(1_000 / median(bySources));
    figures.jobs.push(1_000 / median(byJobs));
    figures.slow.push(quantile([...bySources, ...byJobs], 0.95));
  }

  const { operator_token: token, workspace_id: workspaceId } = JSON.parse(
    readFileSync(join(dataDir, 'console.json'), 'utf8'),
  );
  const storm = await Storm.prepare({ url, workspaceId, token });
  const stormed = { changes: [] as number[], jobs: [] as number[], sources: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [list, label] of [['jobs', 'Filter jobs'] as const, ['sources', 'Filter sources'] as const]) {
      await at(list);
      storm.start();
      const [from, startMs] = [await storm.entries(), nowMs()];
      const taken = await type(page, label, STORM_MS / 2);
      stormed.changes.push(((await storm.entries()) - from) / ((nowMs() - startMs) / 1_000));
      await storm.stop();
      stormed[list].push(quantile(taken, 0.95));
    }
  }
  const fps = { at: 50, least: true };
  rows.push(
    row('console: first screen interactive, from the plane, nothing cached', figures.first, 'ms', { at: 1_000 }),
    row('the same while the browser opens its window', figures.opening, 'ms'),
    row(`scroll of ${SOURCES / 1_000} k sources`, figures.sources, 'fps', fps),
    row(`scroll of ${JOBS / 1_000} k jobs`, figures.jobs, 'fps', fps),
    row('frame in these scrolls, p95', figures.slow, 'ms'),
    row('filter of the sources, from the text to its rows', waits.sourceFilter, 'ms', { at: 100 }),
    row('filter of the jobs, from the text to its rows', waits.jobFilter, 'ms', { at: 100 }),
    row('the same where none or only the oldest jobs have the text', waits.farFilter, 'ms', { at: 100 }),
    row('peek of a source, from the click to its content', waits.peek, 'ms', { at: 100 }),
    row('changes told in the storm', stormed.changes, '/s', { at: 1_000, least: true }),
    row('typing in that storm at the jobs, p95', stormed.jobs, 'ms', { at: 100 }),
    row('typing in that storm at the sources, p95', stormed.sources, 'ms', { at: 100 }),
    row('renderer, scripts and styles, gzip', [bundleKb()], 'kB', { at: 400 }),
  );
} finally {
  await browser.close();
  plane.kill('SIGTERM');
  await new Promise((resolve) => (plane.exitCode === null ? plane.once('exit', resolve) : resolve(null)));
}
report(rows);

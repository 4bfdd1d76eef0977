import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { describeLayout, describeLooks } from './layout-words.ts';
import { ServedPlane } from './served-plane.ts';

// What a picture would show and a machine can compare on every build of Chromium: where the parts of a screen stand, how wide
// its columns are, in which type and colours. Letters are not compared, so fonts may be drawn differently.
// UPDATE_LAYOUT=1 npx playwright test layout.spec.ts writes the file anew.
const KNOWN = join(import.meta.dirname, 'layout.txt');
/** Parts are written down to 4 px; half of that more is left to rounding and to the width of letters. */
const TOLERANCE_PX = 6;
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
] as const;
const SCREENS = [
  'compute',
  'jobs',
  'leases?view=table',
  'approvals',
  'sources',
  'routing',
  'budgets',
  'evidence',
] as const;

/** Type and colours are the same on every screen, so one of them is enough. */
const isLooked = (path: string, width: number): boolean => path === 'jobs' && width === 1440;

let plane: ServedPlane;
test.beforeAll(async () => {
  plane = await ServedPlane.start();
});
test.afterAll(() => plane.stop());

/** A story that is over: the same workspace each time, whose virtual clock stands. */
async function openStory(page: Page): Promise<string> {
  await plane.signIn(page, 'demo');
  await page.getByRole('radio', { name: /BYOC first, then managed/ }).click();
  const moments = page.getByRole('button', { name: /^\d+:\d\d$/ });
  await moments.last().click();
  await expect(page.getByRole('listitem').filter({ hasText: 'A job settles once' })).toContainText('holds');
  return page.url().replace(/\/demo.*$/, '');
}

const isNear = (known: string, found: string): boolean => {
  const numbers = /-?\d+(?=px)/g;
  if (known.replace(numbers, '') !== found.replace(numbers, '')) return false;
  const [a, b] = [known, found].map((line) => (line.match(numbers) ?? []).map(Number)) as [number[], number[]];
  return a.length === b.length && a.every((value, i) => Math.abs(value - (b[i] as number)) <= TOLERANCE_PX);
};

/** Each line that moved, with how it was; empty when all stand where they stood. */
const moved = (known: readonly string[], found: readonly string[]): string[] =>
  Array.from({ length: Math.max(known.length, found.length) }, (_, i) => [known[i] ?? '(none)', found[i] ?? '(none)'])
    .filter(([was = '', is = '']) => !isNear(was, is))
    .map(([was, is]) => `was ${was}\n is ${is}`);

test('the parts of the key screens stand where they stood, in the same type and colours', async ({ page }) => {
  test.setTimeout(180_000);
  const isUpdate = process.env.UPDATE_LAYOUT === '1';
  const known = isUpdate ? new Map<string, string[]>() : readLayout();
  const written: string[] = [];
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
  const board = await openStory(page);
  for (const path of SCREENS) {
    await page.setViewportSize(SIZES[0]);
    await page.goto(`${board}/${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const name = `${path} ${size.width}x${size.height}`;
      let found: string[] = [];
      await expect(async () => {
        await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0, { timeout: 1_000 });
        const before = found;
        found = [...(await describeLayout(page)), ...(isLooked(path, size.width) ? await describeLooks(page) : [])];
        // Two looks that agree: what was still on its way has come.
        expect(found).toEqual(before);
        if (!isUpdate) expect(moved(known.get(name) ?? [], found), name).toEqual([]);
      }).toPass({ timeout: 15_000, intervals: [200] });
      written.push(`# ${name}`, ...found, '');
    }
  }
  if (isUpdate) writeFileSync(KNOWN, `${written.join('\n')}`);
});

function readLayout(): Map<string, string[]> {
  const parts = readFileSync(KNOWN, 'utf8').split(/^# /m).slice(1);
  return new Map(
    parts.map((part) => {
      const [name = '', ...lines] = part.trimEnd().split('\n');
      return [name, lines];
    }),
  );
}

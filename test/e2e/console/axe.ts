import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';

/** What axe found amiss that is worse than moderate: the rule, and where. */
const SERIOUS = ['serious', 'critical'];

/**
 * Nothing serious for people who cannot see, point or read fast; in both themes. The second theme has other colours and
 * the same document, so there only what colours decide is looked at again.
 */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    const serious = await seriousFindings(page, scheme === 'dark' ? undefined : ['color-contrast']);
    expect(serious.map((found) => `${what}, ${scheme}: ${found}`)).toEqual([]);
  }
}

/**
 * Runs axe in the page, which has no frames. Its half a megabyte is given to a document once, and it words and returns
 * only what it found amiss: the many things that are well would take as long as the looking.
 * @param rules all when left out
 */
async function seriousFindings(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async ({ runOnly, SERIOUS }) => {
      const { run } = (window as unknown as { axe: typeof axe }).axe;
      const { violations } = await run(document, { resultTypes: ['violations'], ...(runOnly && { runOnly }) });
      return violations
        .filter(({ impact }) => SERIOUS.includes(impact ?? ''))
        .map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    },
    { runOnly: rules, SERIOUS },
  );
}

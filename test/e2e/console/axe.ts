import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/**
 * Nothing serious for people who cannot see, point or read fast; in both themes. The second theme has other colours and
 * the same document, so there only what colours decide is looked at again.
 */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    // Without legacy mode each look opens a second page to put frames together, and the console has no frames.
    const axe = new AxeBuilder({ page }).setLegacyMode(true);
    const { violations } = await (scheme === 'dark' ? axe : axe.withRules(['color-contrast'])).analyze();
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
    expect(
      serious.map((v) => `${what}, ${scheme}: ${v.id} at ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`),
    ).toEqual([]);
  }
}

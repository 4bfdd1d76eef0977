import type { Page } from '@playwright/test';

/**
 * The layout of a screen, a line for each part: landmarks and lists with their box, panels with their place across, columns with
 * their width. Numbers are rounded to 4 px.
 */
export const describeLayout = (page: Page): Promise<string[]> => page.evaluate(boxes);

/** Type and colours of what every screen has, in both themes. */
export async function describeLooks(page: Page): Promise<string[]> {
  const lines: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    lines.push(...(await page.evaluate(looks)).map((line) => `${colorScheme} ${line}`));
  }
  return lines;
}

/** Runs in the page. */
function boxes(): string[] {
  const px = (value: number) => `${Math.round(value / 4) * 4}px`;
  const labelOf = (element: Element) => element.getAttribute('aria-label') ?? '';
  const isSeen = (box: DOMRect) => box.width > 1 && box.height > 1;
  const lines: string[] = [];
  const add = (kind: string, name: string, parts: Record<string, number>) =>
    lines.push(
      `${kind} "${name}" ${Object.entries(parts)
        .map(([key, value]) => `${key} ${px(value)}`)
        .join(' ')}`,
    );
  for (const [selector, kind] of [
    ['.app-shell > header, header', 'banner'],
    ['nav[aria-label]', 'navigation'],
    ['main', 'main'],
    ['footer', 'status bar'],
    ['main aside', 'aside'],
    ['main [role=grid]', 'grid'],
  ] as const)
    for (const element of document.querySelectorAll(selector)) {
      const box = element.getBoundingClientRect();
      if (isSeen(box)) add(kind, labelOf(element), { x: box.x, y: box.y, w: box.width, h: box.height });
    }
  // How high a panel is follows from its words; where it stands across does not.
  for (const element of document.querySelectorAll('main section')) {
    const box = element.getBoundingClientRect();
    const name = labelOf(element) || (element.querySelector('h2, h3')?.textContent ?? '').trim();
    if (isSeen(box)) add('panel', name, { x: box.x, w: box.width });
  }
  for (const element of document.querySelectorAll('main :is(th, [role=columnheader])')) {
    const box = element.getBoundingClientRect();
    if (isSeen(box)) add('column', element.textContent ?? '', { x: box.x, w: box.width, h: box.height });
  }
  const row = document.querySelector('main .table-row')?.getBoundingClientRect();
  if (row !== undefined) add('first row', '', { y: row.y, h: row.height });
  return lines;
}

/** Runs in the page. Type and colours of what every screen has; a colour as the screen shows it. */
function looks(): string[] {
  const parts: readonly (readonly [string, string])[] = [
    ['body', 'body'],
    ['canvas', 'main'],
    ['title', 'h1'],
    ['chosen link', 'nav [aria-current]'],
    ['other link', 'nav a:not([aria-current])'],
    ['column', ':is(th, [role=columnheader])'],
    ['cell', '.table-row > *'],
    ['primary button', '.button.is-primary'],
  ];
  return parts.flatMap(([name, selector]) => {
    const element = document.querySelector(selector);
    if (element === null) return [];
    const { fontSize, lineHeight, fontWeight, color, backgroundColor } = getComputedStyle(element);
    return [`${name}: ${fontSize}/${lineHeight} ${fontWeight}, ${color} on ${backgroundColor}`];
  });
}

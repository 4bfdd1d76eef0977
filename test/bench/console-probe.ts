import type { Page } from '@playwright/test';

declare global {
  interface Window {
    ccProbe?: { next: Promise<number>; frames: number[]; isCounting: boolean };
  }
}

/**
 * Measures one interaction as a person feels it: from the event's own time to the frame after which the page shows what was
 * asked for.
 * @param event the event that starts it; what is shown before it counts at once.
 * @param shown a selector, or text of the document; with `isGone`, what must no longer be there.
 * @param act what a person does; its event is the first one that counts.
 * @returns ms
 */
export async function interaction(
  page: Page,
  event: 'input' | 'keydown' | 'click',
  shown: { selector: string; text?: string; isGone?: boolean },
  act: () => Promise<void>,
): Promise<number> {
  await page.evaluate(
    ({ type, selector, text, isGone }) => {
      const isShown = (): boolean => {
        const found = [...document.querySelectorAll(selector)];
        const isThere = found.some((element) => text === undefined || (element.textContent ?? '').includes(text));
        return isGone === true ? !isThere : isThere;
      };
      const next = new Promise<number>((resolve) => {
        addEventListener(
          type,
          ({ timeStamp }) => {
            // A frame's work is over once a message sent in it arrives: that is after its paint was handed on.
            const afterPaint = () =>
              requestAnimationFrame(() => {
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = () => resolve(performance.now() - timeStamp);
                port2.postMessage(null);
              });
            if (isShown()) {
              afterPaint();
              return;
            }
            const watch = new MutationObserver(() => {
              if (!isShown()) return;
              watch.disconnect();
              afterPaint();
            });
            watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
          },
          { once: true, capture: true },
        );
      });
      window.ccProbe = { next, frames: [], isCounting: false };
    },
    { type: event, ...shown },
  );
  await act();
  return page.evaluate(() => window.ccProbe?.next ?? Promise.reject(new Error('nothing is measured')));
}

/** Frame times, ms, while `act` runs. */
export async function framesDuring(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const probe = { next: Promise.resolve(0), frames: [] as number[], isCounting: true };
    window.ccProbe = probe;
    let last: number | null = null;
    const frame = (at: number): void => {
      if (last !== null) probe.frames.push(at - last);
      last = at;
      if (probe.isCounting) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await act();
  return page.evaluate(() => {
    if (window.ccProbe === undefined) return [];
    window.ccProbe.isCounting = false;
    return window.ccProbe.frames;
  });
}

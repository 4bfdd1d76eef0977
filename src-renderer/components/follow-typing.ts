import { after, now, sleep } from '../stores/clock.ts';

/** Between two questions: a key that is held down asks no more often. It is longer than a frame, so that each letter is seen first. */
const BETWEEN_MS = 50;
/** An answer that takes longer is not waited for: the list is shown as one that comes. */
const PATIENCE_MS = 300;

interface TypingParts {
  /** Asks for what the text finds; ends when that is here or will not come. */
  prepare: (text: string, signal: AbortSignal) => Promise<unknown>;
  /** Shows what it finds. */
  show: (text: string) => void;
}

/**
 * Follows a text as it is typed. Each is asked for at once and shown when its answer is here, so that a list is drawn once for each
 * and not once more to say that it is asked for; a text that is typed over meanwhile is neither waited for nor shown.
 */
export const followTyping = ({ prepare, show }: TypingParts) => {
  let asking = new AbortController();
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = async (text: string, { signal }: AbortController) => {
    askedAt = now();
    const failed = () => undefined;
    await Promise.race([prepare(text, signal).catch(failed), sleep(PATIENCE_MS, signal)]);
    if (signal.aborted) return;
    // What is shown is asked for by whoever shows it, and no longer taken back here.
    asking = new AbortController();
    show(text);
  };
  return {
    /** The newest text. */
    type: (text: string) => {
      asking.abort();
      const mine = new AbortController();
      asking = mine;
      const waitMs = askedAt + BETWEEN_MS - now();
      if (waitMs <= 0) void ask(text, mine);
      else
        mine.signal.addEventListener(
          'abort',
          after(waitMs, () => void ask(text, mine)),
        );
    },
    /** Gives up what is not shown yet. */
    leave: () => asking.abort(),
  };
};

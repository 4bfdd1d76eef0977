import { splitLog } from '../../ui/log-text.ts';

/** A line that never ends is broken here, so that each new piece costs only its own length. */
const OPEN_LINE_LIMIT_CHARS = 16_384;

/** Output as it arrives, kept as cleaned lines; each piece costs only its own length, however long the log is. */
export interface LineBuffer {
  /** The same array for the life of the buffer; it only grows, and its last line may still change. */
  readonly lines: readonly string[];
  append: (text: string) => void;
}

/** An empty buffer. */
export const createLineBuffer = (): LineBuffer => {
  const lines: string[] = [];
  let open = '';
  return {
    lines,
    append: (text) => {
      if (text === '') return;
      if (open !== '') lines.pop();
      const whole = open + text;
      const end = whole.lastIndexOf('\n') + 1;
      open = whole.slice(end);
      for (const line of splitLog(whole.slice(0, end))) lines.push(line);
      if (open !== '') for (const line of splitLog(open)) lines.push(line);
      if (open.length > OPEN_LINE_LIMIT_CHARS) open = '';
    },
  };
};

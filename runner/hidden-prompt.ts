import type { Readable, Writable } from 'node:stream';
import { RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

const INPUT_LIMIT = 4_096;

/** The part of a terminal that a hidden prompt needs. */
export interface TerminalInput extends Readable {
  setRawMode(isRaw: boolean): unknown;
}

/**
 * Asks on a terminal without echo: nothing typed or pasted is shown, not even its length.
 * Ends with Enter or Ctrl-D; Ctrl-C gives up with RunnerError 64.
 */
export function askHidden(input: TerminalInput, output: Writable, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (settle: () => void) => {
      input.off('data', onData);
      input.off('end', onEnd);
      input.setRawMode(false);
      input.pause();
      output.write('\n');
      settle();
    };
    const onData = (chunk: Buffer | string) => {
      // Terminals wrap a paste in escape sequences, which are no part of what was pasted.
      for (const character of chunk.toString().replaceAll('\u001b[200~', '').replaceAll('\u001b[201~', '')) {
        if (character === '\r' || character === '\n' || character === '\u0004') return finish(() => resolve(typed));
        if (character === '\u0003') {
          return finish(() => reject(new RunnerError(EXIT.usage, 'Given up at the prompt. Nothing was sent.')));
        }
        if (character === '\u007f' || character === '\b') typed = typed.slice(0, -1);
        else if (typed.length < INPUT_LIMIT) typed += character;
      }
    };
    const onEnd = () => finish(() => resolve(typed));
    // Raw mode first: what arrives before it would be echoed by the terminal.
    input.setRawMode(true);
    output.write(question);
    input.on('data', onData);
    input.once('end', onEnd);
    input.resume();
  });
}

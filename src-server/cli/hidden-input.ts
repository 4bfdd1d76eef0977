import { readFileSync, statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { EXIT, ExitError } from './exit-codes.ts';

const LIMIT_BYTES = 4_096;
const ENTER = /[\r\n]/;
const CTRL_C = '\u0003';
const BACKSPACE = /[\u0008\u007f]/;

/** A terminal or a pipe. */
export type SecretInput = Readable & { isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown };

/**
 * A secret from a file that only its owner may read, from a hidden prompt, or from standard input; never from the command
 * line. @throws ExitError 2 for a file of no use or an empty answer, 77 for a file that others may read.
 */
export async function readSecret(
  what: string,
  file: string | undefined,
  input: SecretInput,
  output: Writable,
): Promise<string> {
  const text = file === undefined ? await typed(what, input, output) : ofFile(file);
  const secret = text.trim();
  if (secret === '') throw new ExitError(EXIT.input, `No ${what} was given.`);
  return secret;
}

function ofFile(file: string): string {
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
      throw new ExitError(EXIT.notPermitted, `${file} can be read by others. Close it first: chmod 600 ${file}`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ExitError) throw error;
    throw new ExitError(EXIT.input, `${file} cannot be read: ${(error as Error).message}`);
  }
}

async function typed(what: string, input: SecretInput, output: Writable): Promise<string> {
  const isHidden = input.isTTY === true && input.setRawMode !== undefined;
  if (isHidden) {
    output.write(`${what[0]?.toUpperCase()}${what.slice(1)} (not shown): `);
    input.setRawMode?.(true);
  }
  try {
    return await oneLine(input);
  } finally {
    if (isHidden) {
      input.setRawMode?.(false);
      output.write('\n');
    }
    input.pause();
  }
}

async function oneLine(input: SecretInput): Promise<string> {
  let text = '';
  input.setEncoding('utf8');
  for await (const chunk of input as AsyncIterable<string>) {
    for (const letter of chunk) {
      if (ENTER.test(letter)) return text;
      if (letter === CTRL_C) throw new ExitError(EXIT.failed, 'Stopped. Nothing was changed.');
      text = BACKSPACE.test(letter) ? text.slice(0, -1) : text + letter;
    }
    if (text.length > LIMIT_BYTES) throw new ExitError(EXIT.input, 'That is too long for a token.');
  }
  return text;
}

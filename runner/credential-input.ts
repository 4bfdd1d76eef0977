import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { messageOf, RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { askHidden, type TerminalInput } from './hidden-prompt.ts';
import type { Printer } from './printer.ts';
import { FOREIGN_RIGHTS } from './state-dir.ts';

const VARIABLE = 'CONNECTED_COMPUTE_CREDENTIAL';
/** A credential has 42 characters; anything much longer is a mistaken file or pipe. */
const INPUT_LIMIT_BYTES = 4_096;
const SHAPE = /^cc[ep]_[0-9A-Za-z]{20,80}$/;

/** Where a credential may come from. */
export interface CredentialSources {
  file: string | null;
  env: Record<string, string | undefined>;
  input: TerminalInput & { isTTY?: boolean };
  output: Writable;
  printer: Printer;
}

function readPrivateFile(path: string): string {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw new RunnerError(EXIT.data, `The credential file cannot be read: ${messageOf(error)}.`);
  }
  try {
    const info = fstatSync(file);
    if (!info.isFile() || info.size > INPUT_LIMIT_BYTES) {
      throw new RunnerError(EXIT.data, `${path} is not a file that holds one credential.`);
    }
    if (process.platform !== 'win32' && (info.mode & FOREIGN_RIGHTS) !== 0) {
      throw new RunnerError(EXIT.notPermitted, `${path} is open to other users. Run: chmod 600 ${path}`);
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

async function readPipe(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += chunk.toString();
    if (text.length > INPUT_LIMIT_BYTES)
      throw new RunnerError(EXIT.data, 'Standard input holds more than one credential.');
  }
  return text;
}

async function readAny({ file, env, input, output, printer }: CredentialSources): Promise<string> {
  if (file !== null) return readPrivateFile(file);
  const variable = env[VARIABLE];
  if (variable !== undefined && variable !== '') {
    delete env[VARIABLE];
    printer.warn(`Warning: ${VARIABLE} is read. Other processes of this user can see it; the hidden prompt is safer.`);
    return variable;
  }
  if (input.isTTY) return askHidden(input, output, 'Runtime credential (not shown): ');
  return readPipe(input);
}

/** A value that was copied with its quotes is meant without them. */
const withoutQuotes = (text: string): string => text.replace(/^(["'])(.*)\1$/s, '$2').trim();

/**
 * The one-time credential, from a 0600 file, the environment (with a warning), a hidden prompt or standard input.
 * White space and one pair of quotes around it are dropped. Throws RunnerError 65 when it cannot be one; its text never stands in a message.
 */
export async function readCredential(sources: CredentialSources): Promise<string> {
  const credential = withoutQuotes((await readAny(sources)).trim());
  if (credential === '') throw new RunnerError(EXIT.data, 'No credential was given. Nothing was sent.');
  if (!SHAPE.test(credential)) {
    throw new RunnerError(
      EXIT.data,
      'That is not a runtime credential: one starts with cce_ and has 42 characters. Nothing was sent.',
    );
  }
  return credential;
}

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { EXIT, ExitError } from './exit-codes.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Flags that every command which talks to a plane takes. */
export const PLANE_FLAGS = {
  'data-dir': { type: 'string' },
  url: { type: 'string' },
  'token-file': { type: 'string' },
  workspace: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Options;

/** Parses strictly; anything unknown is a usage error that names it. */
export function parse<T extends Options>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new ExitError(EXIT.usage, `${(error as Error).message.split('. ')[0]}. See connected-compute --help.`);
  }
}

/** A whole number of a flag within bounds; the fallback when it was not given. */
export function wholeNumber(
  flag: string,
  value: string | undefined,
  min: number,
  max: number,
  fallback: number,
): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max)
    throw new ExitError(EXIT.usage, `--${flag} takes a whole number from ${min} to ${max}, not ${value}.`);
  return number;
}

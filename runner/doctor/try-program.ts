import { execFile } from 'node:child_process';

const TIMEOUT_MS = 5_000;

/** Runs a program with nothing on its input. Returns its first line of output, or null when it fails or is missing. */
export function tryProgram(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: TIMEOUT_MS, encoding: 'utf8' }, (error, stdout) => {
      resolve(error === null ? (stdout.split('\n')[0] ?? '').trim() : null);
    });
  });
}

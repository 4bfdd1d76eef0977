import { readFileSync } from 'node:fs';
import { EXIT, ExitError } from './exit-codes.ts';

/** A job of a file, with the number of its line. */
export interface GivenJob {
  line: number;
  body: unknown;
}

/**
 * One JSON object, or JSON lines: a job a line.
 * @param file path, or `-` for standard input.
 * @throws ExitError 2 when it cannot be read or a line is not JSON.
 */
export function readJobs(file: string): GivenJob[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new ExitError(EXIT.input, `${file} cannot be read: ${(error as Error).message}`);
  }
  try {
    return [{ line: 1, body: JSON.parse(text) }];
  } catch {
    // Not one object: every line is a job of its own.
  }
  return text
    .split('\n')
    .map((content, index) => ({ line: index + 1, content }))
    .filter(({ content }) => content.trim() !== '')
    .map(({ line, content }) => {
      try {
        return { line, body: JSON.parse(content) as unknown };
      } catch (error) {
        throw new ExitError(EXIT.input, `${file}, line ${line}, is not JSON: ${(error as Error).message}`);
      }
    });
}

/** Groups that one request holds: so many jobs, so many bytes. A job that is too large alone stands alone. */
export function groupsOf(jobs: readonly GivenJob[], itemsMax: number, bytesMax: number): GivenJob[][] {
  const groups: GivenJob[][] = [];
  let bytes = 0;
  for (const job of jobs) {
    const size = Buffer.byteLength(JSON.stringify(job.body)) + 1;
    const last = groups.at(-1);
    if (last === undefined || last.length === itemsMax || bytes + size > bytesMax) {
      groups.push([job]);
      bytes = size;
    } else {
      last.push(job);
      bytes += size;
    }
  }
  return groups;
}

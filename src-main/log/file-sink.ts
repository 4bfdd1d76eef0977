import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogSink } from './logger.ts';

/** A file and its predecessor together keep at most twice this much. */
export const LOG_FILE_LIMIT_BYTES = 1_048_576;

/**
 * Appends lines to a file that only its owner may read. A full one becomes `<file>.1`, over the one before.
 * @param file absolute path; its folder is made
 */
export const fileSink = (file: string, limitBytes: number = LOG_FILE_LIMIT_BYTES): LogSink => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let sizeBytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return (line) => {
    const bytes = Buffer.from(`${line}\n`);
    if (sizeBytes > 0 && sizeBytes + bytes.length > limitBytes) {
      renameSync(file, `${file}.1`);
      sizeBytes = 0;
    }
    appendFileSync(file, bytes, { mode: 0o600 });
    sizeBytes += bytes.length;
  };
};

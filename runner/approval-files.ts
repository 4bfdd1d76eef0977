import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of questions that one attempt may write; what comes after is not read. */
const REQUESTS_LIMIT_BYTES = 64 * 1024;
const LINE_LIMIT_CHARS = 4_000;

/** One line that a job wrote. */
export interface AskedLine {
  reason: string;
  kinds: string[];
  expiresMs: number | null;
}

/** Names under which a job finds the two files. */
export const APPROVAL_REQUESTS = 'CC_APPROVAL_REQUESTS';
export const APPROVAL_ANSWERS = 'CC_APPROVAL_ANSWERS';

/**
 * How a job asks a person midway, with no socket and no library: it appends a line of JSON to one file,
 *   echo '{"reason":"Drop the old table"}' >> "$CC_APPROVAL_REQUESTS"
 * and waits until another has as many lines, the n-th of them the answer to its n-th question:
 *   {"approval_id":"apr_…","status":"approved","reason":null}
 * Both files are made before the job starts and held open: the runner reads and writes what it made, wherever the job may
 * let those names point later. Files and not memory, because every language and every shell can do this.
 */
export class ApprovalFiles {
  readonly environment: Record<string, string>;
  readonly #requests: number;
  readonly #answers: number;
  #readTo = 0;
  #answered = 0;

  constructor(directory: string) {
    const requests = join(directory, 'approval-requests.jsonl');
    const answers = join(directory, 'approval-answers.jsonl');
    const fresh = constants.O_CREAT | constants.O_EXCL;
    this.#requests = openSync(requests, constants.O_RDWR | fresh, 0o600);
    this.#answers = openSync(answers, constants.O_WRONLY | fresh, 0o600);
    this.environment = { [APPROVAL_REQUESTS]: requests, [APPROVAL_ANSWERS]: answers };
  }

  /** The next whole line that was not read yet; null when there is none. A line that is no question is one with no reason. */
  next(): AskedLine | null {
    const sizeBytes = Math.min(fstatSync(this.#requests).size, REQUESTS_LIMIT_BYTES);
    if (sizeBytes <= this.#readTo) return null;
    const bytes = Buffer.alloc(sizeBytes - this.#readTo);
    const count = readSync(this.#requests, bytes, 0, bytes.length, this.#readTo);
    const end = bytes.subarray(0, count).indexOf(0x0a);
    if (end < 0) return null;
    this.#readTo += end + 1;
    return lineOf(bytes.subarray(0, end).toString('utf8'));
  }

  /** Answers the oldest question that has no answer yet. */
  answer(answer: { approval_id: string | null; status: string; reason: string | null }): void {
    const line = Buffer.from(`${JSON.stringify(answer)}\n`);
    // By position and not by appending: what the job wrote there itself is overwritten, not counted as an answer.
    writeSync(this.#answers, line, 0, line.length, this.#answered);
    this.#answered += line.length;
    ftruncateSync(this.#answers, this.#answered);
  }

  close(): void {
    closeSync(this.#requests);
    closeSync(this.#answers);
  }
}

function lineOf(text: string): AskedLine {
  const nothing = { reason: '', kinds: [], expiresMs: null };
  if (text.length > LINE_LIMIT_CHARS) return nothing;
  try {
    const { reason, kinds, expires_ms: expiresMs } = JSON.parse(text) as Record<string, unknown>;
    return {
      reason: typeof reason === 'string' ? reason : '',
      kinds: Array.isArray(kinds) ? kinds.filter((k): k is string => typeof k === 'string') : [],
      expiresMs: typeof expiresMs === 'number' ? expiresMs : null,
    };
  } catch {
    return nothing;
  }
}

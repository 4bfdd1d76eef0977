import type { JobLog } from '../../../src-server/contract/job.ts';

/** What one step of following a log needs from outside. */
export interface LogSource {
  /** Reads from an offset; waits up to `waitMs` for more where nothing is there yet. */
  read: (offset: number, waitMs: number) => Promise<JobLog>;
  sleep: (delayMs: number) => Promise<void>;
  now: () => number;
  /** True for problems that trying again cannot mend. */
  isFinal: (error: unknown) => boolean;
}
export interface LogSink {
  /** `isTruncated`: the plane kept only the first part of this stream. */
  append: (text: string, isTruncated: boolean) => void;
  /** Nothing more will come. */
  end: () => void;
  /** Null once it works again. */
  problem: (error: unknown) => void;
}
const WAIT_MS = 25_000;
/** Between two reads of a live log: pieces are gathered, so that a chatty job costs a few reads a second. */
const GATHER_MS = 200;
const RETRY_MS = 2_000;
/** An empty answer sooner than this came from a plane that does not wait. */
const QUICK_MS = 500;
const QUICK_PAUSE_MS = 1_000;

/** Reads a log to its end and, while its attempt lives, on and on. Ends by `end`, a final problem or the signal. */
export const followLog = async (source: LogSource, sink: LogSink, signal: AbortSignal): Promise<void> => {
  let offset = 0;
  let hasProblem = false;
  // What is there already shows at once; only then is it worth waiting for more.
  let waitMs = 0;
  while (!signal.aborted) {
    const askedAt = source.now();
    try {
      const chunk = await source.read(offset, waitMs);
      if (signal.aborted) return;
      if (hasProblem) sink.problem(null);
      hasProblem = false;
      const isEmpty = chunk.next_offset === offset;
      offset = chunk.next_offset;
      sink.append(chunk.data, chunk.truncated);
      if (chunk.eof) {
        sink.end();
        return;
      }
      if (!isEmpty) await source.sleep(GATHER_MS);
      else if (waitMs > 0 && source.now() - askedAt < QUICK_MS) await source.sleep(QUICK_PAUSE_MS);
      waitMs = WAIT_MS;
    } catch (error) {
      if (signal.aborted) return;
      hasProblem = true;
      sink.problem(error);
      if (source.isFinal(error)) return;
      await source.sleep(RETRY_MS);
    }
  }
};

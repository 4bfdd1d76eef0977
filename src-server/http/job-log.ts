import type { z } from 'zod';
import type { JobLog, jobLogQuery } from '../contract/job.ts';
import { ProblemError } from '../contract/problems.ts';
import { isOpen } from '../plane/engine.ts';
import type { HostedWorkspace } from '../plane/host.ts';
import { attemptsView } from '../plane/views/attempt-view.ts';
import type { Call } from './call.ts';

/** Output of one attempt from a byte offset; waits up to `wait_ms` for more while the attempt lives. */
export async function readJobLog(
  call: Call,
  hosted: HostedWorkspace,
  jobId: string,
  query: z.output<typeof jobLogQuery>,
): Promise<JobLog> {
  const { engine } = hosted.workspace;
  const attempts = attemptsView(engine, engine.job(jobId));
  const wanted = query.lease_id ?? null;
  const attempt =
    wanted !== null
      ? attempts.find((a) => a.lease_id === wanted)
      : query.attempt === undefined
        ? attempts.at(-1)
        : attempts.findLast((a) => a.attempt === query.attempt);
  if (attempt === undefined) {
    if (wanted !== null || query.attempt !== undefined)
      throw new ProblemError('not_found', 'This job has no such attempt.');
    return {
      stream: query.stream,
      lease_id: null,
      attempt: 0,
      offset: query.offset,
      next_offset: query.offset,
      data: '',
      eof: !isOpen(engine.job(jobId).state),
      truncated: false,
    };
  }
  const isLive = (): boolean => engine.hot.lease(attempt.lease_id) !== undefined;
  const read = () => hosted.runLogs.read(attempt.assignment_run_id, query.stream, query.offset, query.limit_bytes);
  const output = waiter(call, hosted, attempt.assignment_run_id);
  let part = await read();
  if (part.bytes.length === 0 && isLive() && query.wait_ms > 0) {
    await output.grown(query.wait_ms);
    part = await read();
  }
  output.end();
  const isLast = !isLive() && query.offset + part.bytes.length >= part.sizeBytes;
  // A character may be cut in two at the end of a part: its first bytes wait for the next one.
  const whole = isLast ? part.bytes : part.bytes.subarray(0, part.bytes.length - cutCharacterBytes(part.bytes));
  return {
    stream: query.stream,
    lease_id: attempt.lease_id,
    attempt: attempt.attempt,
    offset: query.offset,
    next_offset: query.offset + whole.length,
    data: whole.toString('utf8'),
    eof: isLast,
    truncated: part.isTruncated,
  };
}

/** Bytes at the end that begin a character without ending it. */
function cutCharacterBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back && bytes.length > back ? back : 0;
  }
  return 0;
}

/** Somebody who waits for output, from before the first look, so that nothing comes in between unseen. */
function waiter(call: Call, hosted: HostedWorkspace, runId: string): { grown(waitMs: number): Promise<void>; end(): void } {
  let wake = (): void => undefined;
  let hasGrown = false;
  const stopWaiting = hosted.runLogs.onGrowth(runId, () => {
    hasGrown = true;
    wake();
  });
  const grown = (waitMs: number): Promise<void> =>
    new Promise((resolve) => {
      if (hasGrown) {
        resolve();
        return;
      }
      const done = (): void => {
        stopTimer();
        call.response.off('close', done);
        resolve();
      };
      wake = done;
      const stopTimer = call.served.host.timers.after(waitMs, done);
      call.response.once('close', done);
    });
  return { grown, end: stopWaiting };
}

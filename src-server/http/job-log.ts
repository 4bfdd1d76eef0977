import type { z } from 'zod';
import type { Attempt, JobLog, jobLogQuery } from '../contract/job.ts';
import { ProblemError } from '../contract/problems.ts';
import { isOpen } from '../plane/engine.ts';
import type { HostedWorkspace } from '../plane/host.ts';
import { attemptsView } from '../plane/views/attempt-view.ts';
import type { Call } from './call.ts';
import { waitFor } from './wait-for.ts';

type Query = z.output<typeof jobLogQuery>;

/** Output of one attempt from a byte offset; waits up to `wait_ms` for more while the attempt lives. */
export async function readJobLog(call: Call, hosted: HostedWorkspace, jobId: string, query: Query): Promise<JobLog> {
  const { engine } = hosted.workspace;
  const job = engine.job(jobId);
  const attempt = attemptOf(attemptsView(engine, job), query);
  if (attempt === null) return noneYet(query, !isOpen(job.state));
  const { clock } = call.served.host;
  const deadlineMs = clock.monoMs() + query.wait_ms;
  for (;;) {
    const growth = waitFor(call, (wake) => hosted.runLogs.onGrowth(attempt.assignment_run_id, wake));
    const part = await readPart(hosted, attempt, query);
    const leftMs = deadlineMs - clock.monoMs();
    if (part.next_offset > query.offset || part.eof || leftMs <= 0 || call.response.destroyed) {
      growth.giveUp();
      return part;
    }
    // The other stream may have grown, or half a character come: then there is still nothing to tell.
    await growth.within(leftMs);
    if (call.served.isStopping()) return part;
  }
}

function attemptOf(attempts: Attempt[], query: Query): Attempt | null {
  const { lease_id: leaseId, attempt: number } = query;
  if (leaseId === undefined && number === undefined) return attempts.at(-1) ?? null;
  const found = attempts.findLast((a) => (leaseId === undefined ? a.attempt === number : a.lease_id === leaseId));
  if (found === undefined) throw new ProblemError('not_found', 'This job has no such attempt. Look at its attempts.');
  return found;
}

/** No attempt was granted yet, or never will be. */
const noneYet = (query: Query, isOver: boolean): JobLog => ({
  stream: query.stream,
  lease_id: null,
  attempt: 0,
  offset: query.offset,
  next_offset: query.offset,
  data: '',
  eof: isOver,
  truncated: false,
});

async function readPart(hosted: HostedWorkspace, attempt: Attempt, query: Query): Promise<JobLog> {
  // Asked before the bytes are read: what came in between is told next time, and the end is not told too early.
  const isLive = hosted.workspace.engine.hot.lease(attempt.lease_id) !== undefined;
  const { stream, offset, limit_bytes: limitBytes } = query;
  const { bytes, sizeBytes, isTruncated } = await hosted.runLogs.read(
    attempt.assignment_run_id,
    stream,
    offset,
    limitBytes,
  );
  const isLast = !isLive && offset + bytes.length >= sizeBytes;
  // A character may be cut in two at the end of a part: its first bytes wait for the next one.
  const cutBytes = isLast ? 0 : cutCharacterBytes(bytes);
  const isAllOfLimit = cutBytes === bytes.length && bytes.length === limitBytes;
  const whole = isAllOfLimit ? bytes : bytes.subarray(0, bytes.length - cutBytes);
  return {
    stream,
    lease_id: attempt.lease_id,
    attempt: attempt.attempt,
    offset,
    next_offset: offset + whole.length,
    data: whole.toString('utf8'),
    eof: isLast,
    truncated: isTruncated,
  };
}

/** Bytes at the end that begin a character without ending it. */
export function cutCharacterBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf8 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

import { useEffect, useState } from 'react';
import { call, isFinal } from '../../api/client.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { now, sleep } from '../../stores/clock.ts';
import { followLog } from './follow-log.ts';
import { createLineBuffer } from './line-buffer.ts';

const CHUNK_BYTES = 1_048_576;

export interface LogTail {
  lines: readonly string[];
  /** Changes with every piece; `lines` is the same growing array. */
  version: number;
  isEnded: boolean;
  isTruncated: boolean;
  problem: unknown;
}
const EMPTY: LogTail = { lines: [], version: 0, isEnded: false, isTruncated: false, problem: null };

/** The output of one attempt, read from its start and followed while it lives; `leaseId` null reads nothing. */
export const useLogTail = (jobId: string, leaseId: string | null, stream: 'stdout' | 'stderr'): LogTail => {
  const ws = useWorkspaceId();
  const [tail, setTail] = useState(EMPTY);
  useEffect(() => {
    setTail(EMPTY);
    if (leaseId === null) return;
    const stop = new AbortController();
    const { signal } = stop;
    const { lines, append } = createLineBuffer();
    const params = { workspace_id: ws, job_id: jobId };
    void followLog(
      {
        read: (offset, wait_ms) =>
          call('jobLog', {
            params,
            query: { stream, lease_id: leaseId, offset, limit_bytes: CHUNK_BYTES, wait_ms },
            signal,
          }),
        sleep: (delayMs) => sleep(delayMs, signal),
        now,
        isFinal,
      },
      {
        append: (text, isTruncated) => {
          append(text);
          setTail((before) => ({ ...before, lines, version: before.version + 1, isTruncated }));
        },
        end: () => setTail((before) => ({ ...before, isEnded: true })),
        problem: (problem) => setTail((before) => ({ ...before, problem })),
      },
      signal,
    );
    return () => stop.abort();
  }, [ws, jobId, leaseId, stream]);
  return tail;
};

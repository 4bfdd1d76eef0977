import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvelopePayload } from '../../src-server/contract/runtime.ts';
import type { Execution, ExecutionEnd, Executor } from '../executors/executor.ts';
import { programOf } from '../job-program.ts';
import { type AttemptDir, makeAttemptDir } from '../work-dir.ts';
import { jobSpec } from './fake-wire.ts';

let fence = 0;

/** The payload of an envelope around a job. */
export function payloadOf(job: Record<string, unknown>, grants: EnvelopePayload['grants'] = []): EnvelopePayload {
  fence += 1;
  return {
    v: 1,
    workspace_id: 'ws_1',
    session_id: 'ses_1',
    lease_id: `lse_${process.pid}x${fence}`,
    fence,
    attempt: 1,
    job_id: `job_${process.pid}x${fence}`,
    digest: 'sha256:0',
    job: jobSpec(job),
    grants,
    max_runtime_ms: 60_000,
    ceiling_mcu: 0,
  } as unknown as EnvelopePayload;
}

/** One job in the hands of an executor, with what it wrote so far. */
export interface Watched {
  execution: Execution;
  dir: AttemptDir;
  stdout: () => string;
  stderr: () => string;
  ended: Promise<ExecutionEnd>;
}

const folders: string[] = [];

/** Starts a job in fresh folders. */
export async function startJob(
  executor: Executor,
  payload: EnvelopePayload,
  secrets = {},
  fill: (dir: AttemptDir) => void = () => undefined,
): Promise<Watched> {
  const folder = mkdtempSync(join(tmpdir(), 'cc-execute-'));
  folders.push(folder);
  const dir = makeAttemptDir(folder, payload.lease_id, payload.fence);
  fill(dir);
  const declared = programOf(payload.job).env;
  const execution = await executor.start({
    payload,
    attempt: 1,
    dir,
    declared,
    secrets,
    signal: new AbortController().signal,
    extra: { ASK_FILE: join(dir.tmp, 'ask') },
  });
  let stdout = '';
  let stderr = '';
  execution.stdout.on('data', (bytes) => (stdout += bytes));
  execution.stderr.on('data', (bytes) => (stderr += bytes));
  return { execution, dir, stdout: () => stdout, stderr: () => stderr, ended: execution.ended };
}

/** Removes the folders of all jobs; call after each test. */
export function removeJobFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

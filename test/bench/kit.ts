import { closeSync, fdatasync, mkdtempSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type JobSpec, jobSubmit } from '../../src-server/contract/job.ts';
import { systemClock, systemTimers } from '../../src-server/plane/clock.ts';
import { claimant, claimWork } from '../../src-server/plane/commands/claim-work.ts';
import { endAttempt } from '../../src-server/plane/commands/end-attempt.ts';
import { enrollSource } from '../../src-server/plane/commands/enroll-source.ts';
import { startAttempt } from '../../src-server/plane/commands/start-attempt.ts';
import { submitJob } from '../../src-server/plane/commands/submit-job.ts';
import type { GrantedLease } from '../../src-server/plane/grants.ts';
import { Ids } from '../../src-server/plane/ids.ts';
import type { LogSigner } from '../../src-server/plane/keys.ts';
import { openWorkspace } from '../../src-server/plane/open-workspace.ts';
import { systemRandom } from '../../src-server/plane/random.ts';
import { RuntimeTokens } from '../../src-server/plane/runtime-tokens.ts';
import type { Workspace } from '../../src-server/plane/workspace.ts';

export const ACTOR = { kind: 'operator' as const, id: 'bench' };
export const ROUNDS = 3;
export const IS_QUICK = process.env.BENCH_QUICK === '1';

export interface Row {
  row: string;
  value: number;
  unit: string;
  spread: string;
  goal: string;
  /** Null where there is no goal. */
  met: boolean | null;
}

/** Milliseconds with fractions, on the monotonic clock. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
export const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
export const quantile = (values: readonly number[], q: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? 0;
export const median = (values: readonly number[]): number => quantile(values, 0.5);
const round = (value: number): number => Number(value.toPrecision(3));

/** One line of the table: the median of the rounds, and how far they lie apart. */
export function row(
  name: string,
  values: readonly number[],
  unit: string,
  goal?: { at: number; least?: boolean },
): Row {
  const value = median(values);
  const met = goal === undefined ? null : goal.least === true ? value >= goal.at : value <= goal.at;
  return {
    row: name,
    value: round(value),
    unit,
    spread: `${round(Math.min(...values))} – ${round(Math.max(...values))}`,
    goal: goal === undefined ? '' : `${goal.least === true ? '≥' : '≤'} ${goal.at} ${unit}`,
    met,
  };
}

export const report = (rows: Row[]): void =>
  writeFileSync(process.env.BENCH_OUTPUT ?? '/dev/stdout', JSON.stringify({ rows }));

export const newDirectory = (): string => mkdtempSync(join(process.env.BENCH_DIRECTORY ?? '.', 'data-'));

/** A workspace on real files, with the system's clock. @param signer signs checkpoints; without one none are made. */
export async function openBench(
  directory = newDirectory(),
  signer?: LogSigner,
): Promise<{ workspace: Workspace; directory: string }> {
  const ids = new Ids(systemClock, systemRandom);
  const { workspace } = await openWorkspace(directory, ids.make('workspace'), 'bench', undefined, {
    clock: systemClock,
    ids,
    random: systemRandom,
    timers: systemTimers,
    tokens: new RuntimeTokens(systemClock, systemRandom),
    boot: systemRandom.bytes(8).toString('hex'),
    ...(signer === undefined ? {} : { signer }),
  });
  return { workspace, directory };
}

export const spec = (over: Record<string, unknown> = {}): JobSpec =>
  jobSubmit.parse({ wu_id: 'WU-1', title: 'Bench', command: { argv: ['true'] }, ...over }) as unknown as JobSpec;

/** A source with a live session, written as entries: its cryptography is measured in the HTTP rows. */
export async function addSource(
  workspace: Workspace,
  name: string,
  over: Record<string, unknown> = {},
): Promise<string> {
  return workspace.run((ctx) => {
    const request = {
      name,
      kind: 'laptop',
      compute_class: null,
      labels: {},
      capacity: 1_000,
      ttl_ms: 900_000,
      ...over,
    };
    const { sourceId, enrollmentId } = enrollSource(ctx, ACTOR, request as Parameters<typeof enrollSource>[2]);
    const sessionId = ctx.engine.ids.make('session');
    ctx.engine.emit(
      { kind: 'runner', id: sessionId },
      [
        { type: 'credential.redeemed', body: { enrollment_id: enrollmentId, session_id: sessionId } },
        {
          type: 'session.registered',
          body: {
            session_id: sessionId,
            source_id: sourceId,
            public_key: `${'A'.repeat(43)}=`,
            compute_class: 'cpu-large',
            posture: {},
            facts: {
              platform: 'linux',
              arch: 'x64',
              cpu_count: 32,
              memory_bytes: 2 ** 36,
              gpu: null,
              node_version: '',
              runner_version: '',
            },
            capacity: request.capacity,
          },
        },
        { type: 'source.online', body: { source_id: sourceId } },
      ],
      { source: sourceId },
    );
    return sessionId;
  });
}

/** Submits jobs in batches that the disk takes at once. */
export async function fill(workspace: Workspace, count: number, specOf: (n: number) => JobSpec): Promise<void> {
  const BATCH = 2_000;
  for (let done = 0; done < count; done += BATCH) {
    await workspace.run((ctx) => {
      for (let n = done; n < Math.min(count, done + BATCH); n++) submitJob(ctx, ACTOR, specOf(n), null);
    });
  }
}

let claims = 0;
export async function claim(
  workspace: Workspace,
  sessionId: string,
  capacity = 1_000,
): Promise<GrantedLease | undefined> {
  const idempotency = { key: (++claims).toString(16).padStart(32, '0'), request: 'r' };
  const { grants } = await workspace.run((ctx) =>
    claimWork(ctx, claimant(ctx, sessionId), { capacity, wait_ms: 0, max: 1 }, idempotency),
  );
  return grants[0];
}
export const start = (workspace: Workspace, sessionId: string, { lease }: GrantedLease): Promise<unknown> =>
  workspace.run((ctx) => startAttempt(ctx, sessionId, lease.leaseId, lease.fence));
export const complete = (
  workspace: Workspace,
  sessionId: string,
  { lease }: GrantedLease,
  over: Partial<Parameters<typeof endAttempt>[3]> = {},
): Promise<unknown> =>
  workspace.run((ctx) =>
    endAttempt(
      ctx,
      sessionId,
      lease.leaseId,
      {
        fence: lease.fence,
        outcome: 'succeeded',
        exit_code: 0,
        extras_mcu: 0,
        usage: { runtime_ms: 1 },
        outputs: [],
        refused_outputs: [],
        ...over,
      },
      'complete',
      { output: null, artifacts: [], runReceipt: null },
      { key: `end-${lease.leaseId}`, request: 'r' },
    ),
  );

/** What this disk takes for one append and one fdatasync of 2 KB, ms: nothing that is acknowledged can be quicker. */
export async function fsyncFloorMs(samples = 150): Promise<number> {
  const fd = openSync(join(newDirectory(), 'floor'), 'w');
  const bytes = Buffer.alloc(2_048, 120);
  const times: number[] = [];
  for (let n = 0; n < samples; n++) {
    const startedMs = nowMs();
    writeSync(fd, bytes);
    await new Promise<void>((resolve, reject) =>
      fdatasync(fd, (error) => (error === null ? resolve() : reject(error))),
    );
    times.push(nowMs() - startedMs);
  }
  closeSync(fd);
  return median(times);
}

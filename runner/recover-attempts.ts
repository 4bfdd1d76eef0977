import { rmSync } from 'node:fs';
import { leftSpools, readSpooled, type SpooledAttempt, type StreamName } from './attempt-spool.ts';
import type { Clock } from './clock.ts';
import type { Chance } from './ids.ts';
import { LogSpool } from './log-spool.ts';
import { LogStream } from './log-stream.ts';
import { type Printer, plain } from './printer.ts';
import type { Session } from './session.ts';
import { settle } from './settle.ts';

/** An attempt that nobody renews is over after its lease; no plane is asked about it for longer. */
const GIVE_UP_MS = 15 * 60_000;

export interface RecoverDependencies {
  session: Session;
  clock: Clock;
  chance: Chance;
  printer: Printer;
}

/**
 * Ends what an earlier process of this runner left when it was killed: the rest of each log goes to the plane by offset,
 * then the attempt is settled as lost, so that the job is tried again now and not after its lease. Its processes are gone
 * by then (the watchdog ends them with their runner, the sweep what is left). Call it under the state directory's lock.
 */
export async function recoverAttempts(root: string, dependencies: RecoverDependencies): Promise<void> {
  await Promise.all(leftSpools(root).map(({ path, about }) => recoverOne(path, about, dependencies)));
}

async function recoverOne(path: string, about: SpooledAttempt, dependencies: RecoverDependencies): Promise<void> {
  const { session, clock, chance, printer } = dependencies;
  const { payload } = about;
  const { lease_id: leaseId, fence } = payload;
  const halt = new AbortController();
  const forget = () => rmSync(path, { recursive: true, force: true });
  if (payload.session_id !== session.identity.sessionId) return forget();
  const cancelLimit = clock.after(GIVE_UP_MS, () => halt.abort());
  const send = session.send.bind(session);
  const name = plain(payload.job.wu_id);
  const restore = (stream: StreamName): LogStream => {
    const found = readSpooled(path, stream);
    const parts = {
      send,
      clock,
      chance,
      onSuperseded: () => halt.abort(),
      onGap: (detail: string) => printer.warn(`${name}: ${detail}`),
      onBroken: (detail: string) => printer.warn(`${name}: the rest of its log is not sent. ${plain(detail)}`),
    };
    const at = `/api/v1/runtime/leases/${leaseId}/log`;
    return new LogStream(at, fence, stream, parts, null, LogSpool.restored(found.startOffset, found.bytes));
  };
  const streams = { stdout: restore('stdout'), stderr: restore('stderr') };
  halt.signal.addEventListener('abort', () => {
    for (const stream of Object.values(streams)) stream.halt();
  });
  try {
    await Promise.all([streams.stdout.finish(), streams.stderr.finish()]);
    // No receipt: this process did not see the attempt, and a receipt says only what its runner saw.
    const body = {
      fence,
      outcome: 'lost',
      exit_code: null,
      usage: { runtime_ms: Math.max(0, Math.round(clock.now().wallMs - about.started_wall_ms)) },
      detail: 'The runner was killed in mid-job and came back; the processes of the job were ended.',
    };
    const settlement = await settle({ leaseId, fence }, 'fail', body, { send, clock, chance, signal: halt.signal });
    if (settlement.kind === 'given_up' && !halt.signal.aborted) return;
    forget();
    if (settlement.kind === 'recorded')
      printer.say(`${name}: an attempt of a runner that was killed is given up as lost.`);
  } finally {
    cancelLimit();
  }
}

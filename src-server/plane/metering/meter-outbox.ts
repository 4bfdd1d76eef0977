import { METER_TRIES_MAX, meterDelayMs } from '../../domain/metering/backoff.ts';
import { pendingUsage, type UsageRow } from '../../state/queries/usage.ts';
import { PLANE_ACTOR } from '../engine.ts';
import type { Workspace } from '../workspace.ts';

/** An outside meter. `send` may be called again with the same identifier: it must count once. */
export interface MeterPort {
  /** @throws MeterRefusal when trying again cannot help; anything else is tried again. */
  send(event: { identifier: string; mcu: number; atMs: number }): Promise<void>;
}

/** The meter will never take this event. */
export class MeterRefusal extends Error {}

/**
 * Tells an outside meter of managed use, oldest first and one at a time. What it owes stands in the state, so a restart
 * forgets nothing; an answer that is lost is asked for again under the same identifier (at least once).
 */
export class MeterOutbox {
  private tries = 0;
  private triedLease = '';
  private notBeforeMs = 0;
  private isSending = false;
  private isClosed = false;

  constructor(
    private readonly workspace: Workspace,
    private readonly meter: MeterPort,
  ) {
    workspace.engine.isMetered = true;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Sends the next event when its time has come; the host calls this at each tick. */
  async tick(): Promise<void> {
    const { engine } = this.workspace;
    if (this.isSending || this.isClosed || this.workspace.status !== 'open') return;
    if (engine.clock.monoMs() < this.notBeforeMs) return;
    const [next] = pendingUsage(engine.state.db, 1);
    if (next === undefined) return;
    this.isSending = true;
    try {
      await this.send(next);
    } finally {
      this.isSending = false;
    }
  }

  private async send(next: UsageRow): Promise<void> {
    const { engine } = this.workspace;
    if (this.triedLease !== next.leaseId) this.tries = 0;
    this.triedLease = next.leaseId;
    const tries = ++this.tries;
    // Only use that is on disk is told to anybody.
    await engine.durable(next.seq);
    const failure = await this.meter
      .send({ identifier: next.leaseId, mcu: next.mcu, atMs: Date.parse(next.at) })
      .then(() => null)
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    if (this.isClosed) return;
    if (failure !== null && !(failure instanceof MeterRefusal) && tries < METER_TRIES_MAX) {
      this.notBeforeMs = engine.clock.monoMs() + meterDelayMs(tries, engine.random.unit());
      return;
    }
    const body = { lease_id: next.leaseId, tries };
    const told =
      failure === null
        ? { type: 'usage.meter_sent' as const, body }
        : { type: 'usage.meter_dead' as const, body: { ...body, reason: failure.message.slice(0, 300) } };
    await this.workspace.run((ctx) => void ctx.engine.emit(PLANE_ACTOR, [told])).catch(() => undefined);
  }
}

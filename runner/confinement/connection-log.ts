import type { RunPredicate } from '../../src-server/contract/receipt.ts';
import type { Verdict } from './destination.ts';

/** One connection that a job made or tried, as the run receipt tells it; `sent` is from the job to the host. */
export type ConnectionRecord = NonNullable<RunPredicate['confinement']['enforced']['connections']>[number];

/** More than this are counted only, so that a receipt stays small whatever a job tries. */
const RECORD_LIMIT = 200;
const HOST_LIMIT = 253;

/** Every connection of one attempt, in the order in which they were asked for. */
export class ConnectionLog {
  readonly records: ConnectionRecord[] = [];
  /** Connections that were made or refused past the limit. */
  omitted = 0;

  /** Adds a connection; its bytes are counted into the returned record while it lives. */
  add(host: string, port: number, verdict: Verdict): ConnectionRecord {
    const record = { host: host.slice(0, HOST_LIMIT), port, verdict, sent_bytes: 0, received_bytes: 0 };
    if (this.records.length < RECORD_LIMIT) this.records.push(record);
    else this.omitted += 1;
    return record;
  }
}

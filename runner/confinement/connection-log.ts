import type { Verdict } from './destination.ts';

/** One connection that a job made or tried, as the run receipt tells it. */
export interface ConnectionRecord {
  host: string;
  port: number;
  verdict: Verdict;
  /** From the job to the host, and back. */
  bytes_out: number;
  bytes_in: number;
}

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
    const record = { host: host.slice(0, HOST_LIMIT), port, verdict, bytes_out: 0, bytes_in: 0 };
    if (this.records.length < RECORD_LIMIT) this.records.push(record);
    else this.omitted += 1;
    return record;
  }
}

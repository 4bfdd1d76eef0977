import type { Database, SqlValue } from '../database.ts';

export interface UsageRow {
  seq: number;
  leaseId: string;
  jobId: string;
  wuId: string;
  computeClass: string;
  runtimeMs: number;
  mcu: number;
  usdMicros: number;
  at: string;
  meter: 'off' | 'pending' | 'sent' | 'dead';
}
const COLUMNS = 'seq, lease_id, job_id, wu_id, compute_class, runtime_ms, mcu, usd_micros, at, meter';
const toRow = (r: SqlValue[]): UsageRow => ({
  seq: r[0] as number,
  leaseId: r[1] as string,
  jobId: r[2] as string,
  wuId: r[3] as string,
  computeClass: r[4] as string,
  runtimeMs: r[5] as number,
  mcu: r[6] as number,
  usdMicros: r[7] as number,
  at: r[8] as string,
  meter: r[9] as UsageRow['meter'],
});

/** Newest first. */
export const listUsage = (db: Database, beforeSeq: number, limit: number): UsageRow[] =>
  db.all(`SELECT ${COLUMNS} FROM usage WHERE seq < ? ORDER BY seq DESC LIMIT ?`, [beforeSeq, limit]).map(toRow);
/** Use that the meter was not told yet, oldest first. */
export const pendingUsage = (db: Database, limit: number): UsageRow[] =>
  db.all(`SELECT ${COLUMNS} FROM usage WHERE meter = 'pending' ORDER BY seq LIMIT ?`, [limit]).map(toRow);

/** How many leases, what they used, and how many wait for the meter or never reach it. */
export const usageTotals = (db: Database): { count: number; mcu: number; pending: number; dead: number } => {
  const row = db.get(
    "SELECT count(*), coalesce(sum(mcu), 0), coalesce(sum(meter = 'pending'), 0), coalesce(sum(meter = 'dead'), 0) FROM usage",
  ) as number[];
  return { count: row[0] ?? 0, mcu: row[1] ?? 0, pending: row[2] ?? 0, dead: row[3] ?? 0 };
};

/** Were credits ever put in? */
export const hasTopUp = (db: Database): boolean =>
  db.get("SELECT 1 FROM wallet WHERE kind = 'top_up' LIMIT 1") !== undefined;

/** Newest first. */
export const listWallet = (db: Database, beforeSeq: number, limit: number) =>
  db
    .all(
      'SELECT seq, kind, mcu, balance_mcu, lease_id, reason, at, by FROM wallet WHERE seq < ? ORDER BY seq DESC LIMIT ?',
      [beforeSeq, limit],
    )
    .map((r) => ({
      seq: r[0] as number,
      kind: r[1] as 'debit' | 'top_up',
      mcu: r[2] as number,
      balanceMcu: r[3] as number,
      leaseId: r[4] as string | null,
      reason: r[5] as string | null,
      at: r[6] as string,
      by: r[7] as string,
    }));

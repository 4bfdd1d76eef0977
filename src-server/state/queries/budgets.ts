import type { BudgetsBody } from '../../contract/events.ts';
import type { Database } from '../database.ts';
import type { JobRow } from './jobs.ts';

/** Limits and rates in force; undefined before the first change. */
export const loadBudgets = (db: Database): { body: BudgetsBody; at: string; by: string } | undefined => {
  const row = db.get('SELECT body, at, by FROM budget ORDER BY version DESC LIMIT 1');
  return row === undefined
    ? undefined
    : { body: JSON.parse(String(row[0])) as BudgetsBody, at: String(row[1]), by: String(row[2]) };
};

/** What every scope holds and has spent, in all and in the windows that are open. */
export const loadUse = (db: Database) =>
  db.all('SELECT scope, held_mcu, spent_mcu, day_mcu, week_mcu, month_mcu FROM use_by_scope').map((r) => ({
    scope: r[0] as string,
    heldMcu: r[1] as number,
    spentMcu: r[2] as number,
    dayMcu: r[3] as number,
    weekMcu: r[4] as number,
    monthMcu: r[5] as number,
  }));

export const loadWarnings = (db: Database) =>
  db.all('SELECT scope, window, percent FROM budget_warning').map((r) => ({
    scope: r[0] as string,
    window: r[1] as string,
    percent: r[2] as number,
  }));

/** Queued jobs that are alike for every limit. */
export interface QueuedGroup {
  wuId: string;
  bucket: number;
  fallback: number;
  maxRuntimeMs: number;
  extrasMcu: number;
}
export const queuedGroups = (db: Database): QueuedGroup[] =>
  db
    .all("SELECT DISTINCT wu_id, bucket, fallback, max_runtime_ms, extras_mcu FROM job WHERE state = 'queued'")
    .map((r) => ({
      wuId: r[0] as string,
      bucket: r[1] as number,
      fallback: r[2] as number,
      maxRuntimeMs: r[3] as number,
      extrasMcu: r[4] as number,
    }));

/** Sequences of the queued jobs of one group, oldest first. */
export const seqsOfGroup = (db: Database, group: QueuedGroup): number[] =>
  db
    .all(
      "SELECT seq FROM job WHERE state = 'queued' AND wu_id = ? AND bucket = ? AND fallback = ? AND max_runtime_ms = ? AND extras_mcu = ? ORDER BY seq",
      [group.wuId, group.bucket, group.fallback, group.maxRuntimeMs, group.extrasMcu],
    )
    .map((r) => r[0] as number);

/** Sequences of the jobs that are held for a reason, oldest first. */
export const heldFor = (db: Database, hold: NonNullable<JobRow['hold']>): number[] =>
  db.all("SELECT seq FROM job WHERE state = 'held' AND hold = ? ORDER BY seq", [hold]).map((r) => r[0] as number);
export const countHeldFor = (db: Database, hold: NonNullable<JobRow['hold']>): number =>
  Number(db.get("SELECT count(*) FROM job WHERE state = 'held' AND hold = ?", [hold])?.[0] ?? 0);

/** Entries that refused a job for a cause that begins so, newest first. */
export const refusalSeqs = (db: Database, causePrefix: string, beforeSeq: number, limit: number): number[] =>
  db
    .all('SELECT seq FROM refusal WHERE substr(cause, 1, ?) = ? AND seq < ? ORDER BY seq DESC LIMIT ?', [
      causePrefix.length,
      causePrefix,
      beforeSeq,
      limit,
    ])
    .map((r) => r[0] as number);

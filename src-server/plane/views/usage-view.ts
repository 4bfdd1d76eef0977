import type { ComputeClass } from '../../contract/terms.ts';
import { METERING_PREVIEW, type UsageList, type Wallet } from '../../contract/usage.ts';
import { listUsage, listWallet, usageTotals } from '../../state/queries/usage.ts';
import type { Engine } from '../engine.ts';
import { keyOfCursor, pageOf } from './page.ts';

type Page = { cursor?: string | undefined; limit: number };
const before = (query: Page): number => keyOfCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER;

/** Managed use, newest first. */
export function usageView(engine: Engine, query: Page): UsageList {
  const rows = listUsage(engine.state.db, before(query), query.limit + 1);
  const page = pageOf(
    rows,
    query.limit,
    (row) => row.seq,
    (row) => ({
      seq: row.seq,
      at: row.at,
      lease_id: row.leaseId,
      job_id: row.jobId,
      wu_id: row.wuId,
      side: 'managed' as const,
      compute_class: row.computeClass as ComputeClass,
      runtime_ms: row.runtimeMs,
      mcu: row.mcu,
      usd_micros: row.usdMicros,
      meter: row.meter,
    }),
  );
  return { ...page, preview: METERING_PREVIEW, totals: usageTotals(engine.state.db) };
}

/** What went into the wallet and out of it, newest first. */
export function walletView(engine: Engine, query: Page): Wallet {
  const rows = listWallet(engine.state.db, before(query), query.limit + 1);
  const page = pageOf(
    rows,
    query.limit,
    (row) => row.seq,
    (row) => ({
      seq: row.seq,
      at: row.at,
      by: row.by,
      kind: row.kind,
      mcu: row.mcu,
      balance_mcu: row.balanceMcu,
      lease_id: row.leaseId,
      reason: row.reason,
    }),
  );
  return { ...page, preview: METERING_PREVIEW, balance_mcu: engine.state.head.walletMcu };
}

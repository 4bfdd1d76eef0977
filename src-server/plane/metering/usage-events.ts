import type { PlaneEvent } from '../../contract/events.ts';
import type { ComputeClass } from '../../contract/terms.ts';
import { usdMicrosOf } from '../../domain/metering/price.ts';
import type { Engine } from '../engine.ts';
import type { HotLease } from '../hot/lease.ts';

/**
 * Managed use of a lease that was started, once, in the entry that settles it: what was used, and what leaves the wallet.
 * A metering preview: nothing is charged, and an empty wallet stops nothing.
 */
export function usageEvents(
  engine: Engine,
  lease: HotLease,
  used: { wuId: string; computeClass: ComputeClass; runtimeMs: number; mcu: number },
): PlaneEvent[] {
  if (lease.side !== 'managed' || lease.startedPlaneMs === null) return [];
  const { head } = engine.state;
  const recorded: PlaneEvent = {
    type: 'usage.recorded',
    body: {
      lease_id: lease.leaseId,
      job_id: lease.jobId,
      wu_id: used.wuId,
      compute_class: used.computeClass,
      runtime_ms: used.runtimeMs,
      mcu: used.mcu,
      usd_micros: usdMicrosOf(used.mcu, head.config.usdMicrosPerCu),
      meter: engine.isMetered && used.mcu > 0,
    },
  };
  if (used.mcu === 0) return [recorded];
  const balance = head.walletMcu - used.mcu;
  return [
    recorded,
    { type: 'usage.wallet_debited', body: { lease_id: lease.leaseId, mcu: used.mcu, balance_mcu: balance } },
  ];
}

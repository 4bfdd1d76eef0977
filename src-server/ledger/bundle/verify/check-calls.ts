import { BundleFault } from './bundle-files.ts';
import type { Judged } from './check-trust.ts';

export const LEASE_ENDS: ReadonlySet<string> = new Set(['lease.released', 'lease.expired', 'lease.revoked']);

/** Calls of an agent as entries have them: how many, for how much, and the last link of their chain. */
interface Calls {
  count: number;
  cost_mcu: number;
  chain: string;
}
const NONE: Calls = { count: 0, cost_mcu: 0, chain: '' };

/** What the entries say of a runner's receipt. */
export interface ReceiptRecord {
  calls: Calls;
  /** The plane found that the receipt tells otherwise, and its entry says so. */
  isFlagged: boolean;
}

/** The calls on record when each runner's receipt came; of leases whose grant is in the bundle, as others may lack some. */
export function callsOnRecord({ entries }: Judged): Map<string, ReceiptRecord> {
  const calls = new Map<unknown, Calls>();
  const records = new Map<string, ReceiptRecord>();
  for (const [, { events }] of [...entries].sort(([a], [b]) => a - b))
    for (const { type, body } of events) {
      const known = calls.get(body.lease_id);
      if (type === 'lease.granted') calls.set(body.lease_id, NONE);
      if (known === undefined) continue;
      if (type === 'attempt.action') {
        const costMcu = known.cost_mcu + Number(body.cost_mcu);
        calls.set(body.lease_id, { count: Number(body.n), cost_mcu: costMcu, chain: String(body.chain) });
      }
      const kind = LEASE_ENDS.has(type) ? 'run' : type === 'attempt.late_receipt' ? 'late' : null;
      if (kind !== null)
        records.set(`receipts/${body.lease_id}.${kind}.dsse.json`, {
          calls: known,
          isFlagged: body.run_receipt_problem !== undefined,
        });
    }
  return records;
}

/**
 * Holds what a receipt tells of its calls against the entries. A difference that its entry owns up to is told by the caller.
 * @returns whether they differ.
 */
export function differs(name: string, said: Record<string, unknown>, { calls, isFlagged }: ReceiptRecord): boolean {
  const told = { ...NONE, ...(said.actions as Partial<Calls> | undefined) };
  const isSame = told.count === calls.count && told.cost_mcu === calls.cost_mcu && told.chain === calls.chain;
  if (!isSame && !isFlagged)
    throw new BundleFault(
      `${name} does not match the recorded calls: it tells of ${told.count}, its entries of ${calls.count}, and none says that they differ`,
    );
  return !isSame;
}

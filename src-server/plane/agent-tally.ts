import type { ActionFacts } from '../contract/agent.ts';
import { cuWords } from '../domain/budgets/words.ts';
import type { JobRow } from '../state/queries/jobs.ts';
import type { Engine } from './engine.ts';
import type { CheckedReceipt } from './evidence/check-run-receipt.ts';
import type { AgentTally, HotLease } from './hot/lease.ts';
import { actionsOf } from './views/actions-view.ts';

const NONE: AgentTally = { count: 0, costMcu: 0, chain: '', seq: 0, approvals: [], refusedMcu: null };

/** What a lease's calls come to with one more. */
export const withAction = (
  tally: AgentTally,
  action: Pick<ActionFacts, 'n' | 'cost_mcu' | 'verdict' | 'approval_id'>,
  entry: { chain: string; seq: number },
): AgentTally => ({
  count: action.n,
  costMcu: tally.costMcu + action.cost_mcu,
  chain: entry.chain,
  seq: entry.seq,
  approvals:
    action.verdict === 'approved' && action.approval_id !== null
      ? [...tally.approvals, action.approval_id]
      : tally.approvals,
  refusedMcu: null,
});

/** What the log has of a lease's calls, late ones too. */
export const tallyOnRecord = (engine: Engine, job: JobRow, leaseId: string): AgentTally =>
  actionsOf(engine, job)
    .filter((item) => item.lease_id === leaseId)
    .reduce((tally, item) => withAction(tally, item, item), NONE);

/** What a live lease has recorded so far; read from its entries once after a restart. */
export function tallyOf(engine: Engine, lease: HotLease): AgentTally {
  lease.actions ??=
    engine.submitted(lease.jobSeq).spec.mcp === undefined
      ? NONE
      : tallyOnRecord(engine, engine.jobAt(lease.jobSeq), lease.leaseId);
  return lease.actions;
}

const words = (count: number, costMcu: number): string =>
  `${count} ${count === 1 ? 'call' : 'calls'} for ${cuWords(costMcu)}`;

/** Holds the calls that a receipt tells of against those on record: a sentence where they differ, else null. */
export function receiptProblem(tally: AgentTally, { actions }: Pick<CheckedReceipt, 'actions'>): string | null {
  const said = { count: actions?.count ?? 0, costMcu: actions?.cost_mcu ?? 0, chain: actions?.chain ?? '' };
  if (said.chain === tally.chain && said.count === tally.count && said.costMcu === tally.costMcu) return null;
  const isAlike = said.count === tally.count && said.costMcu === tally.costMcu;
  const difference = isAlike
    ? 'it ends their chain otherwise'
    : `it tells of ${words(said.count, said.costMcu)}, ${words(tally.count, tally.costMcu)} are on record`;
  return `The receipt does not match the recorded calls: ${difference}.`;
}

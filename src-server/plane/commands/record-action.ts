import type { ActionFacts, ActionRequest } from '../../contract/agent.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { Engine } from '../engine.ts';
import { chainOf, signedActionText } from '../evidence/action-chain.ts';
import type { AgentTally, HotLease } from '../hot/lease.ts';
import { fenced, noteProgress } from '../leases.ts';
import { askToStop } from '../stopping.ts';
import { actionsOf } from '../views/actions-view.ts';
import type { CommandContext } from './context.ts';
import { isSigned } from './register-session.ts';
import { sign } from './sign-of-life.ts';

const invalid = (pointer: string, message: string): ProblemError =>
  new ProblemError('field.invalid', `Record the action as the envelope has it: ${pointer} ${message}.`, {
    errors: [{ pointer, message }],
  });

/** What the attempt has recorded so far; read from its entries once after a restart. */
function tallyOf(engine: Engine, lease: HotLease): AgentTally {
  lease.actions ??= actionsOf(engine, engine.jobAt(lease.jobSeq))
    .filter(({ lease_id: leaseId }) => leaseId === lease.leaseId)
    .reduce<AgentTally>(
      (tally, item) => ({
        count: item.n,
        costMcu: tally.costMcu + item.cost_mcu,
        chain: item.chain,
        seq: item.seq,
        refusedMcu: null,
      }),
      { count: 0, costMcu: 0, chain: '', seq: 0, refusedMcu: null },
    );
  return lease.actions;
}

/** The price is the job's own, and nothing that was not done costs anything. */
function checkCost(engine: Engine, lease: HotLease, tally: AgentTally, action: ActionFacts): void {
  const { spec } = engine.submitted(lease.jobSeq);
  if (spec.mcp === undefined) throw new ProblemError('conflict.state', 'Only an agent job records actions.');
  const rule = spec.mcp.tools[action.tool];
  const isDone = action.verdict === 'allowed' || action.verdict === 'approved';
  if (isDone && rule === undefined) throw invalid('/action/tool', 'is not a tool of this job');
  const costMcu = isDone ? (rule?.price_mcu ?? 0) : 0;
  if (action.cost_mcu !== costMcu) throw invalid('/action/cost_mcu', `must be ${costMcu}`);
  if (tally.costMcu + costMcu > spec.budget.extras_mcu)
    throw invalid('/action/cost_mcu', `passes the ${spec.budget.extras_mcu} of budget.extras_mcu`);
  if (action.verdict === 'allowed' && rule?.rule === 'ask') throw invalid('/action/verdict', 'must have been approved');
  if (action.verdict !== 'approved') return;
  // The plane knows what it was asked: a yes is never taken on the runner's word alone.
  if (lease.question?.approvalId !== action.approval_id || lease.question?.status !== 'approved')
    throw invalid('/action/approval_id', 'is not an approval of this attempt');
}

/**
 * An agent's call, done or refused, becomes an entry. One that is repeated after a lost answer changes nothing. A call that
 * did not fit into the job's extras ends the attempt.
 * @throws ProblemError `conflict.lease_superseded`; `conflict.state` out of order; `field.invalid` against the envelope;
 *   `proof.invalid` for a chain or signature that does not hold.
 */
export function recordAction(
  ctx: CommandContext,
  sessionId: string,
  leaseId: string,
  { fence, action, chain, signature }: ActionRequest,
): { n: number; seq: number } {
  const { engine } = ctx;
  const lease = fenced(engine, ctx.rejected, sessionId, leaseId, fence, 'action');
  sign(engine, engine.hot.fleet.placeOf(lease));
  if (lease.startedPlaneMs === null) throw new ProblemError('conflict.state', 'Start the attempt before it acts.');
  const tally = tallyOf(engine, lease);
  if (action.n === tally.count && chain === tally.chain) return { n: tally.count, seq: tally.seq };
  if (action.n !== tally.count + 1)
    throw new ProblemError('conflict.state', `Record action ${tally.count + 1} next: ${tally.count} are recorded.`);
  checkCost(engine, lease, tally, action);
  const publicKey = engine.hot.fleet.sessions.get(sessionId)?.publicKey ?? '';
  const isChained = chain === chainOf({ lease_id: leaseId, fence, after: tally.chain }, action);
  if (!isChained || !isSigned(publicKey, signedActionText(chain), signature))
    throw new ProblemError('proof.invalid', 'Chain the action to the one before it and sign the chain.');
  const body = { lease_id: leaseId, job_id: lease.jobId, attempt: lease.attempt, ...action, chain, signature };
  const seq = engine.emit(
    { kind: 'runner', id: sessionId },
    [{ type: 'attempt.action', body }],
    { attempt: lease.attempt, fence },
    engine.jobAt(lease.jobSeq),
  );
  const isOver = action.verdict === 'over_budget';
  const { spec } = engine.submitted(lease.jobSeq);
  const costMcu = tally.costMcu + action.cost_mcu;
  const refusedMcu = isOver ? (spec.mcp?.tools[action.tool]?.price_mcu ?? 0) : null;
  lease.actions = { count: action.n, costMcu, chain, seq, refusedMcu };
  noteProgress(engine, lease);
  if (isOver) askToStop(engine, ctx.wakeups, lease, 'stop', 'budget_exhausted', 'budget_exhausted');
  return { n: action.n, seq };
}

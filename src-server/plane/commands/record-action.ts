import type { ActionFacts, ActionRequest } from '../../contract/agent.ts';
import type { JobSpec } from '../../contract/job.ts';
import { ProblemError } from '../../contract/problems.ts';
import { approvalById } from '../../state/queries/approvals.ts';
import { endedLease } from '../../state/queries/leases.ts';
import { tallyOf, tallyOnRecord, withAction } from '../agent-tally.ts';
import type { Engine } from '../engine.ts';
import { chainOf, signedActionText } from '../evidence/action-chain.ts';
import { jobOfLease } from '../evidence/job-story.ts';
import type { AgentTally, HotLease } from '../hot/lease.ts';
import { fenced, noteProgress } from '../leases.ts';
import { askToStop } from '../stopping.ts';
import { historyOf } from '../views/history.ts';
import type { CommandContext } from './context.ts';
import { isSigned } from './register-session.ts';
import { sign } from './sign-of-life.ts';

const invalid = (pointer: string, message: string): ProblemError =>
  new ProblemError('field.invalid', `Record the action as the envelope has it: ${pointer} ${message}.`, {
    errors: [{ pointer, message }],
  });

/** A lease under which a call was made, with the job as it ran it. */
interface Called {
  leaseId: string;
  fence: number;
  spec: JobSpec;
  publicKey: string;
}

/** The price is the job's own, and nothing that was not done costs anything. */
function checkCost({ spec }: Called, tally: AgentTally, action: ActionFacts): void {
  if (spec.mcp === undefined) throw new ProblemError('conflict.state', 'Only an agent job records actions.');
  const rule = spec.mcp.tools[action.tool];
  const isDone = action.verdict === 'allowed' || action.verdict === 'approved';
  if (isDone && rule === undefined) throw invalid('/action/tool', 'is not a tool of this job');
  const costMcu = isDone ? (rule?.price_mcu ?? 0) : 0;
  if (action.cost_mcu !== costMcu) throw invalid('/action/cost_mcu', `must be ${costMcu}`);
  if (tally.costMcu + costMcu > spec.budget.extras_mcu)
    throw invalid('/action/cost_mcu', `passes the ${spec.budget.extras_mcu} of budget.extras_mcu`);
  if (action.verdict === 'allowed' && rule?.rule === 'ask') throw invalid('/action/verdict', 'must have been approved');
}

/** The plane knows what it was asked: a yes is never taken on the runner's word alone, and each is good for one call. */
function checkApproval(engine: Engine, { leaseId }: Called, tally: AgentTally, action: ActionFacts): void {
  if (action.verdict !== 'approved') return;
  const id = action.approval_id ?? '';
  const approval = approvalById(engine.state.db, id);
  if (approval?.leaseId !== leaseId || approval.status !== 'approved')
    throw invalid('/action/approval_id', 'is not an approval of this attempt');
  if (tally.approvals.includes(id)) throw invalid('/action/approval_id', 'was good for one call, and was used');
}

/** @throws ProblemError for a call that is not the next one of its attempt, or not its runner's. */
function check(engine: Engine, called: Called, tally: AgentTally, { action, chain, signature }: ActionRequest): void {
  if (action.n !== tally.count + 1)
    throw new ProblemError('conflict.state', `Record action ${tally.count + 1} next: ${tally.count} are recorded.`);
  checkCost(called, tally, action);
  checkApproval(engine, called, tally, action);
  const { leaseId, fence, publicKey } = called;
  const isChained = chain === chainOf({ lease_id: leaseId, fence, after: tally.chain }, action);
  if (!isChained || !isSigned(publicKey, signedActionText(chain), signature))
    throw new ProblemError('proof.invalid', 'Chain the action to the one before it and sign the chain.');
}

/**
 * An agent's call, done or refused, becomes an entry. One that is repeated after a lost answer changes nothing. A call that
 * did not fit into the job's extras ends the attempt. One whose lease is over is refused, and kept as evidence: the answer
 * then names its entry as `kept_seq`.
 * @throws ProblemError `conflict.lease_superseded`; `conflict.state` out of order; `field.invalid` against the envelope;
 *   `proof.invalid` for a chain or signature that does not hold.
 */
export function recordAction(
  ctx: CommandContext,
  sessionId: string,
  leaseId: string,
  request: ActionRequest,
): { n: number; seq: number } {
  const { engine } = ctx;
  let lease: HotLease;
  try {
    lease = fenced(engine, ctx.rejected, sessionId, leaseId, request.fence, 'action');
  } catch (error) {
    const keptSeq = keepLateAction(engine, sessionId, leaseId, request);
    if (keptSeq === null || !(error instanceof ProblemError)) throw error;
    throw new ProblemError(error.code, error.detail, { ...error.more, kept_seq: keptSeq });
  }
  sign(engine, engine.hot.fleet.placeOf(lease));
  if (lease.startedPlaneMs === null) throw new ProblemError('conflict.state', 'Start the attempt before it acts.');
  const { action, chain } = request;
  const tally = tallyOf(engine, lease);
  if (action.n === tally.count && chain === tally.chain) return { n: tally.count, seq: tally.seq };
  const { spec } = engine.submitted(lease.jobSeq);
  const publicKey = engine.hot.fleet.sessions.get(sessionId)?.publicKey ?? '';
  check(engine, { leaseId, fence: lease.fence, spec, publicKey }, tally, request);
  const seq = emit(engine, sessionId, lease, request);
  lease.actions = withAction(tally, action, { chain, seq });
  noteProgress(engine, lease);
  if (action.verdict === 'over_budget') {
    lease.actions.refusedMcu = spec.mcp?.tools[action.tool]?.price_mcu ?? 0;
    askToStop(engine, ctx.wakeups, lease, 'stop', 'budget_exhausted', 'budget_exhausted');
  }
  return { n: action.n, seq };
}

/** @returns the entry that keeps a call whose lease is over; null when it is no next call of such an attempt. */
function keepLateAction(engine: Engine, sessionId: string, leaseId: string, request: ActionRequest): number | null {
  const ended = endedLease(engine.state.db, leaseId);
  const publicKey = engine.hot.fleet.sessions.get(sessionId)?.publicKey;
  if (ended?.sessionId !== sessionId || ended.fence !== request.fence || ended.startedMs === null) return null;
  const job = engine.jobAt(ended.jobSeq);
  const spec = jobOfLease(historyOf(engine, job), leaseId)?.spec;
  if (spec?.mcp === undefined || publicKey === undefined) return null;
  const tally = tallyOnRecord(engine, job, leaseId);
  const { action, chain } = request;
  if (action.n === tally.count && chain === tally.chain) return tally.seq;
  if (action.n > spec.mcp.max_calls) return null;
  try {
    check(engine, { leaseId, fence: ended.fence, spec, publicKey }, tally, request);
  } catch (error) {
    // What does not hold is no evidence; the answer is the fence's in any case.
    if (error instanceof ProblemError) return null;
    throw error;
  }
  return emit(engine, sessionId, ended, request, true);
}

function emit(
  engine: Engine,
  sessionId: string,
  { leaseId, jobSeq, jobId, attempt, fence }: Pick<HotLease, 'leaseId' | 'jobSeq' | 'jobId' | 'attempt' | 'fence'>,
  { action, chain, signature }: ActionRequest,
  isLate = false,
): number {
  const facts = { ...action, chain, signature, ...(isLate ? { late: true as const } : {}) };
  const body = { lease_id: leaseId, job_id: jobId, attempt, ...facts };
  const actor = { kind: 'runner' as const, id: sessionId };
  return engine.emit(actor, [{ type: 'attempt.action', body }], { attempt, fence }, engine.jobAt(jobSeq));
}

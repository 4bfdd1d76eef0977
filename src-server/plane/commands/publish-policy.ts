import type { PolicyBody } from '../../contract/events.ts';
import type { PolicyPut } from '../../contract/policy.ts';
import { ProblemError } from '../../contract/problems.ts';
import { type RoutingPolicy, sidesOf } from '../../domain/routing/policy.ts';
import { policyChanges } from '../../domain/routing/policy-changes.ts';
import { pendingApprovalOf } from '../../state/queries/approvals.ts';
import { policyOfVersion } from '../../state/queries/governance.ts';
import type { Engine } from '../engine.ts';
import { offerToAsks } from '../placing.ts';
import type { Actor, CommandContext } from './context.ts';
import { arrangeQueue } from './govern.ts';

/**
 * Publishes a new version of the routing policy; the queue is arranged anew under it, and questions that it makes moot end.
 * @throws ProblemError `conflict.policy_version` when another was published since, `field.invalid` when a roll-back does
 * not bring back what it names.
 */
export function publishPolicy(ctx: CommandContext, actor: Actor, put: PolicyPut): void {
  const { engine } = ctx;
  const { version } = engine.hot.policy;
  if (put.base_version !== version) {
    throw new ProblemError(
      'conflict.policy_version',
      `The policy is at version ${version} now. Look at it and publish again.`,
      { current_version: version },
    );
  }
  const { base_version: _, rolls_back_to: rollsBackTo = null, reason = null, ...rule } = put;
  const body: PolicyBody = { ...rule, version: version + 1, rolls_back_to: rollsBackTo, reason };
  if (rollsBackTo !== null) checkRollBack(engine, rollsBackTo, body);
  const before = new Map([...engine.hot.queue.buckets.values()].map((bucket) => [bucket.id, bucket.rule]));
  engine.emit(actor, [{ type: 'policy.published', body }]);
  endMootQuestions(engine, actor, before);
  arrangeQueue(engine);
  // Another side may have the room that a held job waits for.
  engine.hot.budgets.isHeldDue = true;
  offerToAsks(engine);
}

function checkRollBack(engine: Engine, version: number, body: PolicyBody): void {
  const wrong = (message: string, detail: string): ProblemError =>
    new ProblemError('field.invalid', detail, { errors: [{ pointer: '/rolls_back_to', message }] });
  const target = policyOfVersion(engine.state.db, version);
  if (target === undefined || version >= body.version - 1)
    throw wrong('must be an earlier version', `There is no earlier version ${version}. See the list of versions.`);
  const [change] = policyChanges(target.body, body);
  if (change !== undefined)
    throw wrong(
      'must have the content of that version',
      `This is not version ${version}: ${change.pointer} differs. Send its content, or leave rolls_back_to out.`,
    );
}

/** A question asks whether the other side may take a job: it ends when the new rule asks no such thing. */
function endMootQuestions(engine: Engine, actor: Actor, before: ReadonlyMap<number, RoutingPolicy>): void {
  for (const [jobId, bucketId] of [...engine.hot.questions]) {
    const was = before.get(bucketId) as RoutingPolicy;
    const { rule } = engine.hot.queue.bucket(bucketId);
    const sides = sidesOf(rule.mode);
    if (rule.fallback.mode === 'ask' && sides.second !== null && sides.first === sidesOf(was.mode).first) continue;
    const approval = pendingApprovalOf(engine.state.db, jobId);
    if (approval === undefined) continue;
    const sentence = `Policy version ${rule.version} asks no such question; the job waits under the new rule.`;
    engine.emit(
      actor,
      [
        { type: 'approval.expired', body: { approval_id: approval.approvalId, job_id: jobId } },
        { type: 'job.state', body: { job_id: jobId, state: 'queued', hold: null, reason: 'policy', sentence } },
      ],
      {},
      engine.job(jobId),
    );
  }
}

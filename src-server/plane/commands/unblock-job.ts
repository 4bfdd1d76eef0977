import type { UnblockBody } from '../../contract/decision.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { Change } from '../../domain/advice/change.ts';
import { pendingAdmission } from '../advice/advice-case.ts';
import type { Engine } from '../engine.ts';
import { adviceFor } from '../views/unblock-view.ts';
import { decideAdmission, requestAdmission } from './admissions.ts';
import { changeBudgets } from './change-budgets.ts';
import { patchSource, resumeSource } from './change-source.ts';
import type { Actor, CommandContext } from './context.ts';
import { decideApproval } from './decide-approval.ts';
import { setPaused } from './govern.ts';
import { publishPolicy } from './publish-policy.ts';
import { submitJob } from './submit-job.ts';

export interface Unblocked {
  sentence: string;
  isApplied: boolean;
  /** What a person has to do where the plane cannot. */
  next: string | null;
  /** The job to look at: a new one where a refused job was submitted again. */
  jobId: string;
}

/**
 * Makes one change that the advisor suggests for a job, by the very command of that change. The suggestion is worked out
 * again first: what does not place the job any more is not done.
 * @throws ProblemError `not_found`; `conflict.state` when it is no suggestion now; what the command of the change throws.
 */
export function unblockJob(ctx: CommandContext, actor: Actor, jobId: string, body: UnblockBody): Unblocked {
  const { engine } = ctx;
  const row = engine.job(jobId);
  const found = adviceFor(engine, row).find(
    ({ shown }) => shown.change === body.change && shown.target === body.target,
  );
  if (found === undefined || (body.sentence !== undefined && body.sentence !== found.shown.sentence))
    throw new ProblemError(
      'conflict.state',
      'This change would not place the job any more, or would be another one by now. Look at the suggestions again.',
    );
  const { sentence } = found.shown;
  const { change } = found.suggestion;
  const next = nextStep(engine, change);
  if (next !== null) return { sentence, isApplied: false, next, jobId };
  make(ctx, actor, change, body);
  if (row.state !== 'refused') return { sentence, isApplied: true, next: null, jobId };
  const { spec } = engine.submitted(row.seq);
  return { sentence, isApplied: true, next: null, jobId: submitJob(ctx, actor, spec, null, row.jobId).jobId };
}

/** What only a person can do, in words; null where a command of the plane makes the change. */
function nextStep(engine: Engine, change: Change): string | null {
  if (change.kind === 'source.enroll')
    return `Create an enrollment of class ${change.target}${Object.keys(change.labels).length === 0 ? '' : ' with these labels'} and connect a runner with it: Sources, Add runner, or "source enroll" on the command line.`;
  if (change.kind !== 'source.start') return null;
  const { name, sessionId } = engine.hot.fleet.source(change.target);
  return sessionId === null
    ? `Connect the runner of ${name} with its enrollment; a new credential is on its page.`
    : `Start the runner on ${name} again: it comes back with its own key.`;
}

function make(ctx: CommandContext, actor: Actor, change: Change, body: UnblockBody): void {
  const { engine } = ctx;
  const reason = body.reason ?? null;
  const said = reason === null ? {} : { reason };
  switch (change.kind) {
    case 'approval.approve':
      decideApproval(ctx, actor, change.target, { decision: 'approved', reason, digest: body.digest });
      break;
    case 'workspace.resume':
      setPaused(ctx, actor, false, reason);
      break;
    case 'source.resume':
      resumeSource(ctx, actor, change.target, reason);
      break;
    case 'label.add': {
      const { labels } = engine.hot.fleet.source(change.target);
      patchSource(ctx, actor, change.target, { labels: { ...labels, ...change.labels }, ...said });
      break;
    }
    case 'capacity.raise':
      patchSource(ctx, actor, change.target, { capacity: change.capacity, ...said });
      break;
    case 'network.admit':
      admit(ctx, actor, change, body);
      break;
    case 'budget.raise':
      raiseBudget(ctx, actor, change, body);
      break;
    case 'policy.publish':
      publish(ctx, actor, change, body);
      break;
    default:
      // A job that is submitted again needs no change; the other kinds were answered with what to do.
      break;
  }
}

/** Answers the request that is open for the source, or makes one and grants it: under four-eyes that takes two people. */
function admit(
  ctx: CommandContext,
  actor: Actor,
  change: Extract<Change, { kind: 'network.admit' }>,
  body: UnblockBody,
): void {
  const { target: sourceId, network } = change;
  const reason = body.reason ?? null;
  const asked = pendingAdmission(ctx.engine, sourceId, network);
  const hosts = body.hosts ?? [...change.hosts];
  if (asked === null && hosts.length === 0)
    throw new ProblemError('field.invalid', `Name the hosts and ports of ${network} that may be reached.`, {
      errors: [{ pointer: '/hosts', message: 'is needed, since nobody asked for this network before' }],
    });
  if (asked === null && ctx.engine.hot.policy.fourEyes)
    throw new ProblemError(
      'approval.not_yours',
      'Under four-eyes one person asks for an admission and another one grants it. Ask for it on its own page.',
    );
  const admissionId =
    asked ?? requestAdmission(ctx, actor, { network, source_id: sourceId, hosts, expires_ms: null, reason });
  const narrowed = body.hosts === undefined ? {} : { hosts: body.hosts };
  decideAdmission(ctx, actor, admissionId, {
    decision: 'granted',
    ...narrowed,
    ...(reason === null ? {} : { reason }),
  });
}

/** The limit in force with its new sum; a work unit under the common limit gets one of its own. */
function raiseBudget(
  ctx: CommandContext,
  actor: Actor,
  change: Extract<Change, { kind: 'budget.raise' }>,
  body: UnblockBody,
): void {
  const { budgets } = ctx.engine.hot;
  const [limit] = budgets.limitsOn(change.target).filter((l) => l.window === change.window);
  const raised = {
    scope: change.target,
    window: change.window,
    limit_mcu: change.limitMcu,
    warn_percent: [...(limit?.warnPercent ?? [])],
  };
  const rest = budgets.limits
    .filter((l) => l.scope !== change.target || l.window !== change.window)
    .map((l) => ({ scope: l.scope, window: l.window, limit_mcu: l.limitMcu, warn_percent: [...l.warnPercent] }));
  changeBudgets(ctx, actor, {
    base_version: budgets.version,
    limits: [...rest, raised],
    ...(body.reason === undefined ? {} : { reason: body.reason }),
  });
}

function publish(
  ctx: CommandContext,
  actor: Actor,
  change: Extract<Change, { kind: 'policy.publish' }>,
  body: UnblockBody,
): void {
  const { policy } = ctx.engine.hot;
  publishPolicy(ctx, actor, {
    base_version: policy.version,
    mode: policy.mode,
    fallback: { mode: policy.fallback.mode, after_ms: policy.fallback.afterMs },
    refuse_after_ms: policy.refuseAfterMs,
    overrides: [...change.policy.overrides],
    fair_share: policy.isFairShare,
    four_eyes: policy.fourEyes,
    ...(body.reason === undefined ? {} : { reason: body.reason }),
  });
}

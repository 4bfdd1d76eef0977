import type { DecisionBody, EventBodies } from '../../contract/events.ts';
import type { Side } from '../../contract/terms.ts';
import type { Profile } from '../../domain/routing/profile.ts';
import { parseSignature, type Requirement } from '../../domain/routing/requirement.ts';
import { judgeFixed } from '../../domain/routing/rules.ts';
import type { Availability } from '../../domain/sources/availability.ts';
import { executorsOf } from '../../domain/sources/confinement.ts';
import { checkAdmission, checkApproved } from './fold-approvals.ts';
import { hadRoom, neededOf } from './fold-budgets.ts';
import { placeIn, placesIn } from './fold-pools.ts';
import type { FoldedJob, FoldedSource, FoldedWorld } from './folded-rows.ts';
import { checkTurns } from './judge-turns.ts';
import type { FoldContext } from './log-fold.ts';
import { BACKOFF_SLACK_MS, ORDER_JUDGED_MAX } from './order-limits.ts';
import { ruleOver, sidesUnder } from './rule-over.ts';

const profileOf = (world: FoldedWorld, source: FoldedSource): Profile => ({
  side: source.side,
  computeClass: source.pinnedClass ?? source.ownClass ?? 'cpu-small',
  labels: source.seat === null ? source.labels : { ...source.labels, ...source.seat.of.labels },
  confinesFiles: source.posture.files === 'confined',
  confinesNetworkNone: source.posture.network?.includes('none') ?? false,
  confinesAllowList: source.posture.network?.includes('allow_list') ?? false,
  executors: executorsOf(source.posture),
  networks: networksOf(world, source.sourceId),
});
/** Told from the grants alone: those of the source that have neither ended nor run out. */
const networksOf = (world: FoldedWorld, sourceId: string): string[] =>
  [...world.admissions.values()].flatMap((a) => (a.sourceId === sourceId && a.status === 'granted' ? [a.network] : []));
/** The condition of a source, told without the rule that the plane uses, so that both have to be right. */
export function availabilityOf(source: FoldedSource): Availability {
  const { isRevoked, isCordoned, isDraining } = source.seat?.of ?? source;
  if (isRevoked) return 'revoked';
  if (isCordoned) return 'cordoned';
  if (isDraining) return 'draining';
  if (source.state !== 'online') return source.state;
  if (source.pool !== null)
    return [...source.pool.seats.values()].some((seat) => availabilityOf(seat) === 'ready') ? 'ready' : 'full';
  if (source.seat !== null && source.seat.of.activeLeases.size >= source.seat.of.capacity) return 'full';
  return source.activeLeases.size < Math.min(source.capacity, source.offered) ? 'ready' : 'full';
}
const comesBefore = (a: FoldedJob, b: FoldedJob): boolean =>
  a.priority > b.priority || (a.priority === b.priority && a.seq < b.seq);
const THERE: readonly Availability[] = ['ready', 'full', 'late'];
const fits = (world: FoldedWorld, requirement: Requirement, source: FoldedSource): boolean =>
  judgeFixed(requirement, profileOf(world, source)).every((r) => r.pass);

/** Judges a grant before it takes effect: the source, the side, the order, the hold and the record. */
export function checkPlacement(
  context: FoldContext,
  job: FoldedJob,
  source: FoldedSource,
  body: EventBodies['lease.granted'],
): void {
  const { world, fail } = context;
  const requirement = parseSignature(job.signature);
  const place = placeIn(source, body.session_id);
  if (place === undefined) {
    fail('I11', `${job.jobId} was granted to ${body.session_id}, which has no seat in ${source.sourceId}`);
    return;
  }
  const condition = availabilityOf(place);
  if (condition !== 'ready') fail('I11', `${job.jobId} was granted to ${source.sourceId}, which is ${condition}`);
  if (world.isPaused) fail('I11', `${job.jobId} was granted while the workspace is paused`);
  const session = world.sessions.get(body.session_id);
  if (place.sessionId !== body.session_id || session?.state !== 'active')
    fail('I11', `session ${body.session_id} is ${session?.state}, the source has ${place.sessionId}`);
  for (const rule of judgeFixed(requirement, profileOf(world, place)))
    if (!rule.pass) fail('I11', `${source.sourceId} does not fit ${job.jobId}: ${rule.rule} ${rule.detail}`);
  if (job.readyPlaneMs > world.planeMs) fail('I25', `${job.jobId} was granted before its backoff was over`);
  checkApproved(context, job);
  checkAdmission(context, job, source, body);
  const decision = context.sibling('policy.decided');
  checkRecord(context, job, source, decision);
  checkSide(context, job, source, requirement, decision?.crossing ?? null);
  checkOrder(context, job, source, requirement);
  if (world.policy.isFairShare) checkTurns(context, job, source);
  const rate = world.budgets.rates[source.side][job.computeClass];
  if (body.hold_mcu !== neededOf(world, job, source.side) || (body.rate_mcu_per_minute ?? rate) !== rate)
    fail('I17', `${body.hold_mcu} was held for ${job.jobId} at ${body.rate_mcu_per_minute}`);
}

function checkRecord(
  { world, fail }: FoldContext,
  job: FoldedJob,
  source: FoldedSource,
  decision: DecisionBody | undefined,
): void {
  if (decision === undefined) {
    fail('I14', `${job.jobId} was granted without a decision record`);
    return;
  }
  if (decision.outcome !== 'assigned' || decision.job_id !== job.jobId || decision.source_id !== source.sourceId)
    fail('I14', `the record of ${job.jobId} says ${decision.outcome} to ${decision.source_id}`);
  const chosen = decision.candidates.filter((c) => c.verdict === 'chosen');
  if (chosen.length !== 1 || chosen[0]?.source_ids[0] !== source.sourceId)
    fail('I14', `the record of ${job.jobId} does not name ${source.sourceId} as chosen`);
  const named = decision.candidates.reduce((n, c) => n + c.count, 0);
  if (named !== world.sources.size) fail('I14', `the record names ${named} of ${world.sources.size} sources`);
}

/** How the preferred side stands for a requirement, by the same words as a record uses. */
function standing(world: FoldedWorld, requirement: Requirement, first: Side): string {
  const registered = [...world.sources.values()].filter((s) => s.side === first && !s.isRevoked);
  if (registered.length === 0) return 'none_registered';
  const eligible = registered.flatMap(placesIn).filter((s) => fits(world, requirement, s));
  if (eligible.length === 0) return 'none_eligible';
  return eligible.some((s) => THERE.includes(availabilityOf(s))) ? 'there' : 'none_online';
}

function checkSide(
  { world, fail }: FoldContext,
  job: FoldedJob,
  source: FoldedSource,
  requirement: Requirement,
  crossing: string | null,
): void {
  const { mode, fallbackMode } = ruleOver(world.policy, job.signature);
  const { first, second } = sidesUnder(mode);
  if (source.side === first) {
    if (crossing !== null) fail('I13', `${job.jobId} stayed on its side, the record says ${crossing}`);
    return;
  }
  if (source.side !== second) {
    fail('I12', `${job.jobId} was granted to ${source.side} under ${mode}`);
    return;
  }
  const isEarned =
    crossing === 'approved'
      ? job.fallback === 'approved'
      : crossing === 'busy_longer_than'
        ? job.fallback === 'open' && fallbackMode === 'auto'
        : crossing !== null &&
          fallbackMode === 'auto' &&
          job.fallback !== 'denied' &&
          standing(world, requirement, first) === crossing;
  if (!isEarned)
    fail('I13', `${job.jobId} (${job.fallback}, ${fallbackMode}) crossed to ${source.side} for ${crossing}`);
}

/** Nobody who is as good and came before waits, ready, while the job is handed out. */
function checkOrder(
  { world, fail, siblings }: FoldContext,
  job: FoldedJob,
  source: FoldedSource,
  requirement: Requirement,
): void {
  const queue = world.queued.get(job.signature);
  if (queue === undefined || queue.size > ORDER_JUDGED_MAX) return;
  const { first } = sidesUnder(ruleOver(world.policy, job.signature).mode);
  const held = new Map(siblings('budget.held').map((h) => [h.scope, h.mcu]));
  for (const jobId of queue) {
    const other = world.jobs.get(jobId) as FoldedJob;
    // Under fair share age holds inside a work unit; between them their turns do.
    if (world.policy.isFairShare && other.priority === job.priority && other.wuId !== job.wuId) continue;
    const slackMs = other.readyPlaneMs > other.queuedPlaneMs ? BACKOFF_SLACK_MS : 0;
    if (!comesBefore(other, job) || other.readyPlaneMs + slackMs > world.planeMs) continue;
    // One without room on this side is not in the order: it waits for somebody else's end.
    if (!hadRoom(world, other, source.side, held)) continue;
    if (source.side === first) fail('I29', `${job.jobId} was granted before ${jobId}, which is ready and comes first`);
    else if (maySecondSide(world, other, requirement, first))
      fail('I29', `${job.jobId} crossed before ${jobId}, which may cross and comes first`);
  }
}

const maySecondSide = (world: FoldedWorld, job: FoldedJob, requirement: Requirement, first: Side): boolean =>
  job.fallback === 'approved' ||
  (ruleOver(world.policy, job.signature).fallbackMode === 'auto' &&
    (job.fallback === 'open' || (job.fallback === 'closed' && standing(world, requirement, first) !== 'there')));

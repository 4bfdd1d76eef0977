import { allAdmissions } from '../../state/queries/admissions.ts';
import { allApprovals, allEndedLeases, allJobFacts } from '../../state/queries/all-rows.ts';
import { loadEnrollments, loadLeases, loadSessions, loadSources } from '../../state/queries/load.ts';
import { ENDED_SEATS_KEPT } from '../../state/schema.ts';
import type { State } from '../../state/state.ts';
import type { Hot } from '../hot/hot.ts';
import { compareBudgets } from './compare-budgets.ts';
import { comparePools } from './compare-pools.ts';
import { compare, compareJob, compareLease, compareSource } from './compare-rows.ts';
import { compareSdk } from './fold-sdk.ts';
import type { FoldedWorld, Violation } from './folded-rows.ts';
import { type Report, reporter } from './report.ts';

/** Compares everything that the log tells with a state and the memory that was built from it. */
export function compareWorld(world: FoldedWorld, state: State, hot: Hot): Violation[] {
  const violations: Violation[] = [];
  const report = reporter(violations);
  compareHead(report, world, state, hot);
  compareJobs(report, world, state, hot);
  compareLeases(report, world, state, hot);
  compareFleet(report, world, state, hot);
  compareBudgets(report, world, state, hot);
  compareKeys(report, world, state);
  compareApprovals(report, world, state, hot);
  return violations;
}

function compareHead(report: Report, world: FoldedWorld, state: State, hot: Hot): void {
  const { head } = state;
  compare(
    report,
    'the head',
    { nextSeq: world.nextSeq, fence: world.fence, planeMs: world.planeMs, boot: world.boot, mono: world.mono },
    head,
  );
  compare(
    report,
    'the settings',
    { paused: world.isPaused, leaseTtlMs: world.leaseTtlMs, name: world.name },
    head.config,
  );
  if (world.ws !== null && head.config.workspaceId !== world.ws)
    report('I32', `the log is of ${world.ws}, the state of ${head.config.workspaceId}`);
  compare(report, 'the policy', { version: world.policy.version, mode: world.policy.mode }, hot.policy);
}

function compareJobs(report: Report, world: FoldedWorld, state: State, hot: Hot): void {
  const stored = allJobFacts(state.db);
  if (stored.length !== world.jobs.size)
    report('I25', `${stored.length} jobs in the state, ${world.jobs.size} by the log`);
  const counts = new Map<string, number>();
  for (const row of stored) {
    const job = world.jobs.get(row.jobId);
    if (job === undefined) report('I25', `${row.jobId} is in the state only`);
    else compareJob(report, job, row);
    counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
  }
  for (const [jobState, count] of hot.jobCounts)
    if (count !== (counts.get(jobState) ?? 0)) report('I25', `${count} jobs ${jobState} in memory`);
  for (const job of world.jobs.values()) {
    const hasLease = job.leaseId !== null && world.leases.get(job.leaseId)?.state === 'active';
    if (hasLease !== (job.state === 'claimed' || job.state === 'running'))
      report('I3', `${job.jobId} is ${job.state} and ${hasLease ? 'has' : 'has no'} active lease`);
    if (job.attempt > job.maxAttempts) report('I8', `${job.jobId} started ${job.attempt} of ${job.maxAttempts} times`);
    if (hot.stopping.has(job.jobId) !== (job.isStopping && hasLease))
      report('I25', `${job.jobId} is ${job.isStopping ? '' : 'not '}being stopped, the memory says otherwise`);
  }
}

function compareLeases(report: Report, world: FoldedWorld, state: State, hot: Hot): void {
  const stored = new Map(loadLeases(state.db).map((row) => [row.leaseId, row]));
  const byJob = new Map<string, string>();
  for (const lease of world.leases.values()) {
    compareLease(report, hot, lease);
    if (lease.state !== 'active') continue;
    if (byJob.has(lease.jobId)) report('I1', `${lease.jobId} has two active leases`);
    byJob.set(lease.jobId, lease.leaseId);
    const { jobId, attempt, fence, sourceId, sessionId, computeClass, side, holdMcu } = lease;
    compare(
      report,
      lease.leaseId,
      { jobId, attempt, fence, sourceId, sessionId, computeClass, side, holdMcu },
      stored.get(lease.leaseId),
    );
  }
  if (stored.size !== byJob.size || hot.leases.size !== byJob.size)
    report('I3', `${stored.size} leases in the state, ${hot.leases.size} in memory, ${byJob.size} by the log`);
  for (const row of allEndedLeases(state.db)) {
    const lease = world.leases.get(row.leaseId);
    if (lease === undefined || lease.state !== row.state || lease.outcome !== row.outcome)
      report('I25', `the ended lease ${row.leaseId} is ${row.state} by ${row.outcome}`);
  }
}

function compareFleet(report: Report, world: FoldedWorld, state: State, hot: Hot): void {
  const stored = new Map(loadSources(state.db).map((row) => [row.sourceId, row]));
  if (stored.size !== world.sources.size) report('I25', `${stored.size} sources, ${world.sources.size} by the log`);
  for (const source of world.sources.values()) {
    const { side, state: health, capacity, offered, pinnedClass, ownClass, sessionId } = source;
    const row = stored.get(source.sourceId);
    compare(report, source.sourceId, { side, state: health, capacity, offered, pinnedClass, ownClass, sessionId }, row);
    compareSource(report, hot, source);
  }
  compareSessions(report, world, state, hot);
  comparePools(report, world, state, hot);
  compareSdk(report, world, state, hot);
  const enrollments = new Map(loadEnrollments(state.db).map((row) => [row.enrollmentId, row]));
  for (const [id, credential] of world.credentials) {
    compare(report, id, { state: credential }, enrollments.get(id));
    if (hot.enrollments.get(id)?.state !== credential)
      report('I22', `${id} is ${credential}, the memory says otherwise`);
  }
}

/** Of the runners of pools that ended only the newest are kept. */
function compareSessions(report: Report, world: FoldedWorld, state: State, hot: Hot): void {
  const sessions = new Map(loadSessions(state.db).map((row) => [row.sessionId, row]));
  const forgotten = new Set(world.endedSeats.slice(0, Math.max(0, world.endedSeats.length - ENDED_SEATS_KEPT)));
  for (const session of world.sessions.values()) {
    if (forgotten.has(session.sessionId)) continue;
    compare(report, session.sessionId, session, sessions.get(session.sessionId));
    if (hot.fleet.sessions.get(session.sessionId)?.state !== session.state)
      report('I25', `session ${session.sessionId} is ${session.state}, the memory says otherwise`);
  }
  const kept = world.sessions.size - forgotten.size;
  if (sessions.size !== kept || hot.fleet.sessions.size !== kept)
    report('I25', `${sessions.size} sessions in the state, ${hot.fleet.sessions.size} in memory, ${kept} by the log`);
}

function compareKeys(report: Report, world: FoldedWorld, state: State): void {
  for (const [key, { seqs }] of world.keys) {
    const kept = state.keys.find(key);
    for (const seq of seqs)
      if (seq >= state.keys.completeFrom && !kept.includes(seq)) report('I24', `key ${key} has no entry ${seq}`);
  }
}

function compareApprovals(report: Report, world: FoldedWorld, state: State, hot: Hot): void {
  const approvals = new Map(allApprovals(state.db).map((row) => [row.approvalId, row]));
  for (const [id, { status, digest, leaseId, expiresPlaneMs }] of world.approvals)
    compare(report, id, { status, digest, leaseId, expiresPlaneMs }, approvals.get(id));
  for (const lease of hot.leases.values()) {
    const asked = [...world.approvals].filter(([, a]) => a.leaseId === lease.leaseId).at(-1);
    if (lease.question?.approvalId !== asked?.[0] || lease.question?.status !== asked?.[1].status)
      report('I25', `${lease.leaseId} asked ${asked?.[0]}, in memory ${lease.question?.approvalId}`);
  }
  const admissions = new Map(allAdmissions(state.db).map((row) => [row.admissionId, row]));
  for (const [id, { status, network, sourceId, expiresPlaneMs }] of world.admissions) {
    compare(report, id, { status, network, sourceId, expiresPlaneMs }, admissions.get(id));
    const isOpen = status === 'pending' || status === 'granted';
    if ((hot.admissions.open.get(id)?.status ?? null) !== (isOpen ? status : null))
      report('I25', `${id} is ${status}, in memory ${hot.admissions.open.get(id)?.status}`);
  }
}

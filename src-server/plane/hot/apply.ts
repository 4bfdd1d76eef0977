import type { ApprovalEnd, EventBodies, LeaseEnd } from '../../contract/events.ts';
import type { ApprovalState, JobState } from '../../contract/terms.ts';
import type { AppliedEntry } from '../../state/entry-view.ts';
import { SDK_HANDLERS } from './apply-sdk.ts';
import { freshLease, type Hot } from './hot.ts';
import { freshPool } from './pool.ts';
import { setPolicy } from './rebuild.ts';
import { freshSeat, freshSource, type HotSource, type Switch } from './source.ts';

/** What the memory needs besides the entry: rows that the state has just written. */
export interface HotFacts {
  wallMs: number;
  planeMs: number;
  /** State of the job before the entry; null for a new one. */
  jobStateBefore: JobState | null;
  /** Bucket of the entry's job. */
  bucket: number | null;
}

type Handler<T extends keyof EventBodies> = (
  hot: Hot,
  body: EventBodies[T],
  entry: AppliedEntry,
  facts: HotFacts,
) => void;

const change =
  <B extends { source_id: string }>(edit: (source: HotSource, body: B, entry: AppliedEntry, hot: Hot) => void) =>
  (hot: Hot, body: B, entry: AppliedEntry): void => {
    const source = hot.fleet.source(body.source_id);
    edit(source, body, entry, hot);
    hot.fleet.refresh(source);
    hot.fleet.mirror(source);
  };
const changeSeat =
  <B extends { session_id: string }>(edit: (seat: HotSource, body: B, entry: AppliedEntry, facts: HotFacts) => void) =>
  (hot: Hot, body: B, entry: AppliedEntry, facts: HotFacts): void => {
    const seat = hot.fleet.seats.get(body.session_id);
    if (seat === undefined) return;
    edit(seat, body, entry, facts);
    hot.fleet.refresh(seat);
  };
const switchOf = (entry: AppliedEntry, reason: string | null, deadlineMs: number | null): Switch => ({
  since: entry.at,
  by: entry.actor.id,
  reason,
  deadline_ms: deadlineMs,
});
const endLease = (hot: Hot, body: LeaseEnd): void => hot.removeLease(body.lease_id);

function moveJob(hot: Hot, to: JobState, facts: HotFacts): void {
  hot.countJob(facts.jobStateBefore, to);
  if (facts.bucket !== null) {
    const bucket = hot.queue.bucket(facts.bucket);
    if (facts.jobStateBefore === 'queued') bucket.queued--;
    if (to === 'queued') bucket.queued++;
  }
  facts.jobStateBefore = to;
}

/** What a source may reach is a part of its profile: it is found again after each change. */
function moveAdmission<B extends { source_id: string }>(move: (hot: Hot, body: B, facts: HotFacts) => void) {
  return (hot: Hot, body: B, _entry: AppliedEntry, facts: HotFacts): void => {
    move(hot, body, facts);
    const source = hot.fleet.sources.get(body.source_id);
    if (source === undefined) return;
    hot.fleet.refresh(source);
    hot.fleet.mirror(source);
  };
}

function answerQuestion(hot: Hot, body: ApprovalEnd, status: ApprovalState): void {
  const lease = body.lease_id === undefined ? undefined : hot.lease(body.lease_id);
  if (lease?.question?.approvalId === body.approval_id) lease.question.status = status;
}

/** The part of each event that the memory keeps; events that are not here change only the state. */
const HANDLERS: { [T in keyof EventBodies]?: Handler<T> } = {
  'policy.published': (hot, body, entry) =>
    setPolicy(hot, body as unknown as Record<string, unknown>, entry.at, entry.actor.id),
  'policy.decided'(hot, body, entry, facts) {
    if (body.bucket === undefined) return;
    hot.queue.bucket(body.bucket).answer = {
      outcome: body.outcome,
      key: body.answer_key ?? '',
      sentence: body.sentence,
      decisionId: body.decision_id,
      decisionSeq: entry.seq,
      decidedPlaneMs: facts.planeMs,
    };
  },
  'credential.issued'(hot, body, entry, facts) {
    hot.addEnrollment({
      enrollmentId: body.enrollment_id,
      sourceId: body.source_id,
      credentialSha256: body.credential_sha256,
      state: 'issued',
      ttlMs: body.ttl_ms,
      createdAt: entry.at,
      createdBy: entry.actor.id,
      issuedPlaneMs: facts.planeMs,
      sessionId: null,
      seq: entry.seq,
    });
  },
  'credential.redeemed'(hot, body) {
    const enrollment = hot.enrollments.get(body.enrollment_id);
    if (enrollment !== undefined) Object.assign(enrollment, { state: 'redeemed', sessionId: body.session_id });
  },
  'credential.expired': (hot, body) => setCredential(hot, body.enrollment_id, 'expired'),
  'credential.burned': (hot, body) => setCredential(hot, body.enrollment_id, 'burned'),
  'credential.pool_token_issued'(hot, body, entry) {
    hot.poolTokens.set(body.token_id, {
      tokenId: body.token_id,
      sourceId: body.source_id,
      computeClass: body.compute_class,
      sha256: body.token_sha256,
      createdAt: entry.at,
      createdBy: entry.actor.id,
      revokedAt: null,
    });
    hot.poolTokenByHash.set(body.token_sha256, body.token_id);
  },
  'credential.pool_token_revoked'(hot, body, entry) {
    const token = hot.poolTokens.get(body.token_id);
    if (token !== undefined) token.revokedAt = entry.at;
  },
  'source.enrolled'(hot, body, entry) {
    const form = {
      sourceId: body.source_id,
      name: body.name,
      kind: body.kind,
      side: body.side,
      state: 'pending' as const,
      stateReason: null,
      capacity: body.capacity,
      offered: 0,
      labels: body.labels,
      pinnedClass: body.pinned_class,
      ownClass: null,
      posture: {},
      cordoned: null,
      draining: null,
      revoked: null,
      doctor: null,
      sessionId: null,
      enrolledAt: entry.at,
      enrolledBy: entry.actor.id,
    };
    const pool = body.pool === undefined ? null : freshPool(body.pool.pool_id, body.pool.compute_classes);
    hot.fleet.add(freshSource(form, { pool }));
  },
  'source.changed': change((source, body, _entry, { fleet }) => {
    if (body.name !== undefined) fleet.rename(source, body.name);
    if (body.capacity !== undefined) source.capacity = body.capacity;
    if (body.labels !== undefined) source.labels = body.labels;
    if (body.pinned_class !== undefined) source.pinnedClass = body.pinned_class;
    if (body.posture !== undefined) source.posture = body.posture;
    if (body.pool_classes !== undefined && source.pool !== null) source.pool.classes = body.pool_classes;
  }),
  'source.online': change((s) => Object.assign(s, { state: 'online', stateReason: null })),
  'source.late': change((s) => Object.assign(s, { state: 'late', stateReason: null })),
  'source.offline': change((s, body) => Object.assign(s, { state: 'offline', stateReason: body.reason })),
  'source.quarantined': change((s, body) => Object.assign(s, { state: 'quarantined', stateReason: body.reason })),
  'source.cordoned': change((s, body, entry) => Object.assign(s, { cordoned: switchOf(entry, body.reason, null) })),
  'source.draining': change((s, body, entry) =>
    Object.assign(s, { draining: switchOf(entry, body.reason, body.deadline_ms) }),
  ),
  'source.resumed': change((s) => Object.assign(s, { cordoned: null, draining: null, lapsesInRow: 0 })),
  'source.revoked': change((s, body, entry) => Object.assign(s, { revoked: switchOf(entry, body.reason, null) })),
  'source.diagnosed': change((s, body, entry) => Object.assign(s, { doctor: { at: entry.at, checks: body.checks } })),
  'session.registered'(hot, body, entry, facts) {
    const source = hot.fleet.source(body.source_id);
    hot.fleet.sessions.set(body.session_id, {
      sessionId: body.session_id,
      sourceId: body.source_id,
      publicKey: body.public_key,
      state: source.draining === null ? 'active' : 'draining',
      registeredAt: entry.at,
      registeredSeq: entry.seq,
      facts: body.facts,
    });
    if (body.seat !== undefined) {
      seatRegistered(hot, source, body, entry, facts);
      return;
    }
    Object.assign(source, {
      sessionId: body.session_id,
      ownClass: body.compute_class,
      posture: body.posture,
      offered: body.capacity,
    });
    hot.fleet.refresh(source);
  },
  'session.health': changeSeat((seat, body, _entry, facts) => {
    Object.assign(seat, { state: body.health, stateReason: body.reason });
    if (seat.seat !== null) seat.seat.healthPlaneMs = facts.planeMs;
  }),
  'session.diagnosed': changeSeat((seat, body, entry) => {
    seat.doctor = { at: entry.at, checks: body.checks };
  }),
  'session.state'(hot, body) {
    const session = hot.fleet.sessions.get(body.session_id);
    if (session !== undefined) session.state = body.state;
    if (body.state === 'ended') hot.fleet.endSeat(body.session_id);
  },
  ...SDK_HANDLERS,
  'usage.wallet_topped_up'(hot) {
    hot.isWalletFunded = true;
  },
  'job.submitted'(hot, body, entry, facts) {
    moveJob(hot, 'queued', facts);
    hot.sdk.noteJob(body.spec.wu_id, entry.seq);
  },
  'job.state'(hot, body, entry, facts) {
    moveJob(hot, body.state, facts);
    hot.budgets.lots.left(entry.ref.job_seq as number);
    if (body.hold === 'fallback_ask' && facts.bucket !== null) hot.questions.set(body.job_id, facts.bucket);
    else hot.questions.delete(body.job_id);
    if (body.state !== 'held') hot.stopping.delete(body.job_id);
  },
  'job.edited'(hot, _body, entry, facts) {
    hot.specSeqs.set(entry.ref.job_seq as number, entry.seq);
    hot.budgets.lots.left(entry.ref.job_seq as number);
    const bucket = hot.queue.findBySignature(String(entry.ref.bucket));
    if (bucket === undefined || facts.bucket === null || bucket.id === facts.bucket) return;
    if (facts.jobStateBefore === 'queued') {
      hot.queue.bucket(facts.bucket).queued--;
      bucket.queued++;
    }
    facts.bucket = bucket.id;
  },
  'job.requeued': (hot, _body, _entry, facts) => moveJob(hot, 'queued', facts),
  'job.cancel_requested': (hot, body) => void hot.stopping.add(body.job_id),
  'job.settled'(hot, body, _entry, facts) {
    moveJob(hot, body.outcome, facts);
    hot.stopping.delete(body.job_id);
    hot.questions.delete(body.job_id);
  },
  'lease.granted'(hot, body, entry, facts) {
    moveJob(hot, 'claimed', facts);
    hot.budgets.lots.left(entry.ref.job_seq as number);
    hot.addLease(
      freshLease({
        leaseId: body.lease_id,
        jobId: body.job_id,
        jobSeq: entry.ref.job_seq as number,
        attempt: body.attempt,
        fence: body.fence,
        sourceId: body.source_id,
        sessionId: body.session_id,
        assignmentRunId: body.assignment_run_id,
        computeClass: body.compute_class,
        side: body.side,
        ttlMs: body.ttl_ms,
        maxRuntimeMs: body.max_runtime_ms,
        holdMcu: body.hold_mcu,
        grantedSeq: entry.seq,
        grantedWallMs: facts.wallMs,
        startedWallMs: null,
        startedPlaneMs: null,
        rateMcuPerMinute: body.rate_mcu_per_minute ?? null,
      }),
    );
  },
  'attempt.started'(hot, body, _entry, facts) {
    moveJob(hot, 'running', facts);
    const lease = hot.lease(body.lease_id);
    if (lease !== undefined) Object.assign(lease, { startedWallMs: facts.wallMs, startedPlaneMs: facts.planeMs });
  },
  'approval.requested'(hot, body) {
    const lease = body.lease_id === undefined ? undefined : hot.lease(body.lease_id);
    if (lease !== undefined) lease.question = { approvalId: body.approval_id, status: 'pending' };
  },
  'approval.approved': (hot, body) => answerQuestion(hot, body, 'approved'),
  'approval.rejected': (hot, body) => answerQuestion(hot, body, 'rejected'),
  'approval.expired': (hot, body) => answerQuestion(hot, body, 'expired'),
  'admission.requested': (hot, body) => hot.admissions.request(body),
  'admission.granted': moveAdmission((hot, body, facts) => hot.admissions.grant(body, facts.planeMs)),
  'admission.rejected': moveAdmission((hot, body) => hot.admissions.drop(body.admission_id)),
  'admission.revoked': moveAdmission((hot, body) => hot.admissions.drop(body.admission_id)),
  'admission.expired': moveAdmission((hot, body) => hot.admissions.drop(body.admission_id)),
  'budget.held': (hot, body) => hot.budgets.hold(body.scope, body.mcu),
  'budget.settled': (hot, body) => hot.budgets.settle(body.scope, body.held_mcu, body.debited_mcu),
  'budget.limits_changed': (hot, body, entry) => hot.budgets.set(body, entry.at, entry.actor.id),
  'budget.windows_opened': (hot, body) => hot.budgets.open(body.windows),
  'budget.warned': (hot, body) => hot.budgets.warn(body.scope, body.window, body.percent),
  'time.jumped': (hot, body) => hot.budgets.open(body.windows ?? []),
  'lease.released': endLease,
  'lease.expired': endLease,
  'lease.revoked': endLease,
};

function seatRegistered(
  hot: Hot,
  pool: HotSource,
  body: EventBodies['session.registered'],
  entry: AppliedEntry,
  facts: HotFacts,
): void {
  const { token_id: tokenId, pinned_class: pinnedClass, labels } = body.seat as NonNullable<typeof body.seat>;
  const own = { labels, pinnedClass, ownClass: body.compute_class, posture: body.posture, offered: body.capacity };
  const known = hot.fleet.seats.get(body.session_id);
  if (known !== undefined) {
    Object.assign(known, own);
    hot.fleet.refresh(known);
    return;
  }
  hot.fleet.addSeat(
    freshSeat(pool, {
      ...own,
      sessionId: body.session_id,
      tokenId,
      healthPlaneMs: facts.planeMs,
      enrolledAt: entry.at,
      enrolledBy: entry.actor.id,
    }),
  );
}

function setCredential(hot: Hot, enrollmentId: string, state: 'expired' | 'burned'): void {
  const enrollment = hot.enrollments.get(enrollmentId);
  if (enrollment !== undefined) enrollment.state = state;
}

/** Moves the memory by one entry that the state has applied. */
export function applyToHot(hot: Hot, entry: AppliedEntry, facts: HotFacts): void {
  for (const event of entry.events) {
    const handler = HANDLERS[event.type] as
      | ((hot: Hot, body: unknown, entry: AppliedEntry, facts: HotFacts) => void)
      | undefined;
    handler?.(hot, event.body, entry, facts);
  }
}

import type { ApprovalState, ComputeClass, Side } from '../../contract/terms.ts';

/** An active lease as its row keeps it, over restarts. */
export interface LeaseRow {
  leaseId: string;
  jobId: string;
  jobSeq: number;
  attempt: number;
  fence: number;
  sourceId: string;
  sessionId: string;
  assignmentRunId: string;
  computeClass: ComputeClass;
  side: Side;
  ttlMs: number;
  maxRuntimeMs: number;
  holdMcu: number;
  grantedSeq: number;
  grantedWallMs: number;
  startedWallMs: number | null;
  /** Plane time at the start; the runtime ceiling counts from here over restarts. */
  startedPlaneMs: number | null;
  /** Rate of the hold; null for a lease of the oldest logs. */
  rateMcuPerMinute: number | null;
}

/** What the calls of an agent's attempt came to so far. */
export interface AgentTally {
  count: number;
  costMcu: number;
  /** The last link of their chain; '' before the first. */
  chain: string;
  /** Entry of the last one. */
  seq: number;
  /** Approvals that a call was done under: each is good for one. */
  approvals: string[];
  /** Price of the call that did not fit into the job's extras; null while all did. */
  refusedMcu: number | null;
}

/** With what is volatile about it: lost at a restart, when it gets a fresh time. Times are monotonic ms. */
export interface HotLease extends LeaseRow {
  deadlineMs: number;
  startDeadlineMs: number;
  renewals: number;
  lastRenewalMs: number;
  lastSignOfWorkMs: number;
  /** A fresh time was given without a renewal since; never twice in a row. */
  isFreshened: boolean;
  directive: {
    kind: 'cancel' | 'stop';
    reason: string;
    cause: 'cancel' | 'drain' | 'timed_out' | 'stalled' | 'rejected' | 'admission' | 'budget_exhausted';
    askedWallMs: number;
    revokeAtMs: number;
  } | null;
  /** The newest question of this attempt to a person. */
  question: { approvalId: string; status: ApprovalState } | null;
  /** Newest cost that the runner reported, milli-CU; null when it reported none. */
  reportedMcu: number | null;
  /** Null until its first call, and after a restart until it is read from the log again. */
  actions: AgentTally | null;
  progress: { percent: number | null; message: string | null };
  logSizes: { stdout: number; stderr: number };
}

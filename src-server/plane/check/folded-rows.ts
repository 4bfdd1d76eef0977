import type { BudgetsBody } from '../../contract/events.ts';
import type { PolicyOverride } from '../../contract/policy.ts';
import type { Posture } from '../../contract/source.ts';
import type {
  AdmissionState,
  ApprovalKind,
  ApprovalState,
  AttemptOutcome,
  ComputeClass,
  CredentialState,
  FallbackMode,
  HoldReason,
  JobState,
  LeaseState,
  PolicyMode,
  SessionState,
  Side,
  SourceState,
} from '../../contract/terms.ts';
import { DEFAULT_RATES } from '../../domain/budgets/cost.ts';

/** One broken promise: which invariant of the domain, at which entry, in words. */
export interface Violation {
  /** `I1` … `I32`, as the domain rules number them. */
  invariant: string;
  /** The entry at which it was seen; -1 when it concerns the state as a whole. */
  seq: number;
  detail: string;
}

/** May the second side have the job? `open` by time, `approved` or `denied` by an operator. */
export type FoldedFallback = 'closed' | 'open' | 'approved' | 'denied';

export interface FoldedJob {
  seq: number;
  jobId: string;
  wuId: string;
  state: JobState;
  hold: HoldReason | null;
  isStopping: boolean;
  signature: string;
  computeClass: ComputeClass;
  priority: number;
  /** Number of the newest attempt that was started. */
  attempt: number;
  maxAttempts: number;
  maxRuntimeMs: number;
  extrasMcu: number;
  fallback: FoldedFallback;
  leaseId: string | null;
  sourceId: string | null;
  /** Its digest now, whether that one has to be approved before it starts, and the newest digest that was. */
  digest: string;
  needsApproval: boolean;
  approvedDigest: string | null;
  /** Who submitted it, and who changed it last. */
  askedBy: readonly string[];
  settlements: number;
  lastSeq: number;
  queuedPlaneMs: number;
  readyPlaneMs: number;
}

export interface FoldedLease {
  leaseId: string;
  jobId: string;
  attempt: number;
  fence: number;
  sourceId: string;
  sessionId: string;
  computeClass: ComputeClass;
  side: Side;
  ttlMs: number;
  holdMcu: number;
  rateMcuPerMinute: number;
  /** Scope → held milli-CU that has not ended. */
  holds: Map<string, number>;
  state: LeaseState;
  outcome: AttemptOutcome | null;
  isStarted: boolean;
  /** Calls of an agent under it. */
  actions: { count: number; costMcu: number; chain: string };
}

export interface FoldedSource {
  sourceId: string;
  side: Side;
  state: SourceState;
  isCordoned: boolean;
  isDraining: boolean;
  isRevoked: boolean;
  capacity: number;
  offered: number;
  labels: Record<string, string>;
  pinnedClass: ComputeClass | null;
  ownClass: ComputeClass | null;
  posture: Posture;
  sessionId: string | null;
  activeLeases: Set<string>;
  lastGrantFence: number;
  /** Set on a pool: its classes, and its live runners by session. */
  pool: { classes: readonly ComputeClass[]; seats: Map<string, FoldedSource> } | null;
  /** Set on a runner of a pool. */
  seat: { of: FoldedSource; tokenId: string } | null;
}

export interface FoldedRule {
  mode: PolicyMode;
  fallbackMode: FallbackMode;
}

export interface FoldedApproval {
  kind: ApprovalKind;
  jobId: string | null;
  digest: string | null;
  leaseId: string | null;
  status: ApprovalState;
  expiresPlaneMs: number | null;
}

export interface FoldedAdmission {
  network: string;
  sourceId: string;
  status: AdmissionState;
  hosts: readonly { host: string; port: number }[];
  requestedBy: string;
  expiresPlaneMs: number | null;
}

/** Held and spent milli-CU of a scope, in all and in the windows that are open. */
export interface FoldedUse {
  heldMcu: number;
  spentMcu: number;
  dayMcu: number;
  weekMcu: number;
  monthMcu: number;
}

export interface FoldedBudgets {
  version: number;
  limits: BudgetsBody['limits'];
  defaultWuLimitMcu: number | null;
  rates: Readonly<Record<Side, Readonly<Record<ComputeClass, number>>>>;
}
export interface FoldedPolicy extends FoldedRule {
  version: number;
  isFourEyes: boolean;
  overrides: readonly PolicyOverride[];
  isFairShare: boolean;
}

/** Signature and priority → work unit that waits → work unit that was served meanwhile → milli-CU. */
export type PassedOver = Map<string, Map<string, Map<string, number>>>;

/** Everything that the log tells, folded in plain maps. */
export interface FoldedWorld {
  /** The workspace of the first entry. */
  ws: string | null;
  nextSeq: number;
  fence: number;
  boot: string;
  mono: number;
  /** Running time of the plane over all its starts, ms. */
  planeMs: number;
  isPaused: boolean;
  leaseTtlMs: number;
  name: string;
  policy: FoldedPolicy;
  jobs: Map<string, FoldedJob>;
  /** Queued jobs by requirement: signature → job ids. */
  queued: Map<string, Set<string>>;
  leases: Map<string, FoldedLease>;
  sources: Map<string, FoldedSource>;
  sessions: Map<string, { sessionId: string; sourceId: string; state: SessionState }>;
  /** Runners of pools in the order of their end. */
  endedSeats: string[];
  credentials: Map<string, CredentialState>;
  /** API keys by prefix, and sessions of SDK clients with the key they belong to. */
  apiKeys: Map<string, { isRevoked: boolean }>;
  sdkSessions: Map<string, string>;
  /** Registration tokens of pools: in force or not. */
  poolTokens: Map<string, { sourceId: string; isRevoked: boolean }>;
  approvals: Map<string, FoldedApproval>;
  admissions: Map<string, FoldedAdmission>;
  use: Map<string, FoldedUse>;
  budgets: FoldedBudgets;
  /** Ends of the open windows, wall-clock ms. */
  windows: Record<'day' | 'week' | 'month', number | null>;
  /** Marks that were warned of: scope, window and percent. */
  warned: Set<string>;
  /** Metered leases, and whether the meter knows of each. */
  usage: Map<string, 'off' | 'pending' | 'sent' | 'dead'>;
  walletMcu: number;
  /** Idempotency key → request and the entries made under it. */
  keys: Map<string, { request: string; seqs: number[]; kind: string }>;
  /** Plane time of the last answer of each bucket. */
  answeredMs: Map<number, number>;
  /** Under fair share: who was passed over by whom, and for how much. */
  passedOver: PassedOver;
  /** Signature → the longest runtime and the most extras that a job of it may take. */
  largest: Map<string, { maxRuntimeMs: number; extrasMcu: number }>;
}

export const emptyWorld = (): FoldedWorld => ({
  ws: null,
  nextSeq: 0,
  fence: 0,
  boot: '',
  mono: 0,
  planeMs: 0,
  isPaused: false,
  leaseTtlMs: 0,
  name: '',
  policy: {
    version: 0,
    mode: 'byoc_first',
    fallbackMode: 'ask',
    isFourEyes: false,
    overrides: [],
    isFairShare: false,
  },
  jobs: new Map(),
  queued: new Map(),
  leases: new Map(),
  sources: new Map(),
  sessions: new Map(),
  endedSeats: [],
  credentials: new Map(),
  poolTokens: new Map(),
  apiKeys: new Map(),
  sdkSessions: new Map(),
  approvals: new Map(),
  admissions: new Map(),
  use: new Map(),
  budgets: { version: 0, limits: [], defaultWuLimitMcu: null, rates: DEFAULT_RATES },
  windows: { day: null, week: null, month: null },
  warned: new Set(),
  usage: new Map(),
  walletMcu: 0,
  keys: new Map(),
  answeredMs: new Map(),
  passedOver: new Map(),
  largest: new Map(),
});

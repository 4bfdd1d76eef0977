import type { NetworkGrant } from './admission.ts';
import type { ActionFacts } from './agent.ts';
import type { ApprovalEffects } from './approval.ts';
import type { BudgetCheck, CandidateGroup } from './decision.ts';
import type { ArtifactRef, JobSpec } from './job.ts';
import type { PolicyOverride } from './policy.ts';
import type { DoctorCheck, Posture } from './source.ts';
import type {
  ApprovalKind,
  AttemptOutcome,
  BudgetWindow,
  ComputeClass,
  DecisionOutcome,
  FallbackMode,
  HoldReason,
  JobState,
  PolicyMode,
  Role,
  Rule,
  SessionState,
  Side,
  SourceKind,
  SourceState,
  WriteKind,
} from './terms.ts';

export interface RegisteredFacts {
  platform: string;
  arch: string;
  cpu_count: number;
  memory_bytes: number;
  gpu: string | null;
  node_version: string;
  runner_version: string;
}

/** What a grant would hold, and the limit that decides where there is one. */
export type StoredCheck = Pick<BudgetCheck, 'needed_mcu' | 'rate_mcu_per_minute' | 'side'> & Partial<BudgetCheck>;

/** The answer that was written down, without its seq and time, which are those of its entry. */
export interface DecisionBody {
  decision_id: string;
  job_id: string | null;
  /** Set when the record speaks for a bucket of jobs. */
  bucket?: number;
  /** Set when the record speaks for the jobs of a bucket that wait for one limit. */
  lot?: string;
  /** What has to change before a bucket gets another answer: verdicts with their failing rules. */
  answer_key?: string;
  outcome: DecisionOutcome;
  source_id: string | null;
  sentence: string;
  policy_version: number;
  /** Class used on the assignment run; null where nothing was assigned. */
  compute_class: ComputeClass | null;
  candidates: CandidateGroup[];
  /** Without the members of a limit where none decided; with all of them in older logs. */
  budget: StoredCheck | null;
  /** Why the second side may have the job; null or absent on the preferred side. */
  crossing?: 'none_registered' | 'none_eligible' | 'none_online' | 'busy_longer_than' | 'approved' | null;
  supersedes: string | null;
  /** Version of the functions that decided; absent in the oldest logs. */
  function_version?: number;
  /** Sessions that asked, best first, where a runner of a pool was among several: the state does not tell which of them did. */
  asked?: string[];
}

export interface PolicyBody {
  version: number;
  mode: PolicyMode;
  fallback: { mode: FallbackMode; after_ms: number };
  refuse_after_ms: number | null;
  overrides: PolicyOverride[];
  fair_share: boolean;
  four_eyes: boolean;
  /** Missing in what was written before roll-backs. */
  rolls_back_to?: number | null;
  reason: string | null;
}

/** Rates are milli-CU per minute of runtime. */
export interface BudgetsBody {
  version: number;
  default_wu_limit_mcu: number | null;
  limits: { scope: string; window: BudgetWindow; limit_mcu: number; warn_percent: number[] }[];
  rates: Record<Side, Record<ComputeClass, number>>;
  reason: string | null;
}

export interface OpenedWindow {
  window: Exclude<BudgetWindow, 'total'>;
  starts_ms: number;
  ends_ms: number;
}

/** The numbers of a refusal: a result, not an error. */
export interface BudgetRefusal {
  job_id: string;
  outcome: 'refused' | 'held';
  code: 'budget.insufficient';
  sentence: string;
  side: Side;
  scope: string;
  window: BudgetWindow;
  limit_mcu: number;
  spent_mcu: number;
  held_mcu: number;
  needed_mcu: number;
  missing_mcu: number;
  rate_mcu_per_minute: number;
  resets_at: string | null;
}

type StreamSize = { size_bytes: number; sha256: string | null; truncated: boolean };

/** Every event of the log and its body. The list is closed: an unknown type is a newer schema. */
export interface EventBodies {
  'config.changed': {
    name?: string;
    lease_ttl_ms?: number;
    paused?: boolean;
    reason?: string | null;
    time_zone?: string;
    usd_micros_per_cu?: number;
    workspace_id?: string;
  };
  'policy.published': PolicyBody;
  'policy.decided': DecisionBody;
  'credential.issued': {
    enrollment_id: string;
    source_id: string;
    /** SHA-256 of the credential, for the check; its first 8 digits are the fingerprint on screen. */
    credential_sha256: string;
    ttl_ms: number;
  };
  'credential.redeemed': { enrollment_id: string; session_id: string };
  'credential.expired': { enrollment_id: string };
  'credential.burned': { enrollment_id: string; reason: string | null };
  'credential.pool_token_issued': {
    token_id: string;
    source_id: string;
    compute_class: ComputeClass | null;
    token_sha256: string;
  };
  'credential.pool_token_revoked': { token_id: string; source_id: string; reason: string | null };
  'source.enrolled': {
    source_id: string;
    name: string;
    kind: SourceKind;
    side: Side;
    capacity: number;
    labels: Record<string, string>;
    pinned_class: ComputeClass | null;
    /** Set on a pool: many runners stand behind this one source. */
    pool?: { pool_id: string; compute_classes: ComputeClass[] };
  };
  'source.changed': {
    source_id: string;
    name?: string;
    capacity?: number;
    labels?: Record<string, string>;
    pinned_class?: ComputeClass | null;
    posture?: Posture;
    /** Of a pool: the classes that it takes from here on. */
    pool_classes?: ComputeClass[];
    /** What the person who made the change said. */
    reason?: string;
  };
  'source.late': { source_id: string };
  'source.offline': { source_id: string; reason: string };
  'source.online': { source_id: string };
  'source.quarantined': { source_id: string; reason: string };
  'source.cordoned': { source_id: string; reason: string | null };
  'source.draining': { source_id: string; reason: string | null; deadline_ms: number | null };
  'source.resumed': { source_id: string; reason: string | null };
  'source.revoked': { source_id: string; reason: string | null };
  'source.diagnosed': { source_id: string; checks: DoctorCheck[] };
  'session.registered': {
    session_id: string;
    source_id: string;
    public_key: string;
    compute_class: ComputeClass;
    posture: Posture;
    facts: RegisteredFacts;
    capacity: number;
    /** Set on a runner of a pool: what its registration gave it. */
    seat?: { token_id: string; pinned_class: ComputeClass; labels: Record<string, string> };
  };
  /** Health of one runner of a pool; the pool's own state follows in the same entry when it changes. */
  'session.health': {
    session_id: string;
    source_id: string;
    health: Exclude<SourceState, 'pending'>;
    reason: string | null;
  };
  /** The checks of one runner of a pool. */
  'session.diagnosed': { session_id: string; source_id: string; checks: DoctorCheck[] };
  'session.state': { session_id: string; state: SessionState; reason: string | null };
  'job.submitted': { job_id: string; spec: JobSpec; digest: string; retry_of: string | null };
  'job.state': { job_id: string; state: JobState; hold: HoldReason | null; reason: string | null; sentence?: string };
  /** A retry waits this long; `not_before_ms` is only for show, the wait is on the plane's monotonic clock. */
  'job.requeued': { job_id: string; delay_ms: number; cause: AttemptOutcome; reason: string };
  /** The job as it is from here on; what was approved of it before is void. */
  'job.edited': { job_id: string; spec: JobSpec; digest: string; digest_before: string };
  'job.cancel_requested': { job_id: string; reason: string | null };
  'job.fallback_opened': { job_id: string; because: string };
  'job.settled': { job_id: string; lease_id: string | null; outcome: JobState; cost_mcu: number; reason: string };
  'lease.granted': {
    lease_id: string;
    job_id: string;
    attempt: number;
    fence: number;
    source_id: string;
    session_id: string;
    assignment_run_id: string;
    compute_class: ComputeClass;
    side: Side;
    ttl_ms: number;
    max_runtime_ms: number;
    hold_mcu: number;
    /** The admission that lets the job into its private network from this source. */
    admission_id?: string;
    /** The rate of the hold, which is that of the settlement too; absent in the oldest logs, which knew one table. */
    rate_mcu_per_minute?: number;
  };
  'lease.released': LeaseEnd;
  'lease.expired': LeaseEnd;
  'lease.revoked': LeaseEnd;
  'attempt.started': { job_id: string; lease_id: string; attempt: number };
  'attempt.stopped': { lease_id: string; cause: string; asked_at: string; gone_at: string };
  'completion.rejected': {
    lease_id: string;
    job_id: string;
    fence: number;
    current_fence: number;
    write: WriteKind;
    source_id: string;
  };
  /** One call of an agent's tool, as its runner signed it; `chain` holds the calls of an attempt in their order. */
  'attempt.action': ActionFacts & {
    lease_id: string;
    job_id: string;
    attempt: number;
    chain: string;
    signature: string;
    /** It came when its lease was over: kept as evidence, and changes nothing. */
    late?: true;
  };
  /** A signed run receipt that came when its lease was over: kept as evidence, and changes nothing. */
  'attempt.late_receipt': {
    lease_id: string;
    job_id: string;
    attempt: number;
    fence: number;
    run_receipt_sha256: string;
    /** What it says against the plane's own record of the attempt, in a sentence; absent where the two agree. */
    run_receipt_problem?: string;
  };
  'budget.held': { lease_id: string; scope: string; mcu: number };
  'budget.settled': {
    lease_id: string;
    scope: string;
    held_mcu: number;
    debited_mcu: number;
    released_mcu: number;
    /** How the scope stood just before; absent in the oldest logs. */
    before?: { held_mcu: number; spent_mcu: number };
    /** Limits on the scope with what was spent of each just before; absent where there are none. */
    limits?: { window: BudgetWindow; limit_mcu: number; spent_mcu: number }[];
  };
  'approval.requested': ApprovalRequest;
  'approval.approved': ApprovalEnd & { reason: string | null; effects?: ApprovalEffects | null };
  'approval.rejected': ApprovalEnd & { reason: string | null };
  'approval.expired': ApprovalEnd & { cause?: 'time' | 'edited' | 'canceled' | 'ended' };
  'admission.requested': {
    admission_id: string;
    network: string;
    source_id: string;
    hosts: NetworkGrant[];
    expires_ms: number | null;
    reason: string | null;
  };
  /** Hosts and time as they were granted, which may be less than what was asked. */
  'admission.granted': {
    admission_id: string;
    source_id: string;
    network: string;
    hosts: NetworkGrant[];
    expires_ms: number | null;
    reason: string | null;
  };
  'admission.rejected': AdmissionEnd & { reason: string | null };
  'admission.revoked': AdmissionEnd & { reason: string | null };
  'admission.expired': AdmissionEnd;
  'key.api_issued': { prefix: string; key_sha256: string };
  'key.api_revoked': { prefix: string; reason: string | null };
  'sdk.session_registered': { session_id: string; key_prefix: string; agent_id: string | null; wu_id: string | null };
  'sdk.session_ended': { session_id: string; reason: string | null };
  'sdk.events_received': SdkReceived;
  'sdk.evidence_received': SdkReceived;
  'sdk.telemetry_received': SdkReceived;
  /** Managed use of one lease: once, in the entry that settles it. `meter` says that it is to be sent on. */
  'usage.recorded': {
    lease_id: string;
    job_id: string;
    wu_id: string;
    compute_class: ComputeClass;
    runtime_ms: number;
    mcu: number;
    usd_micros: number;
    meter: boolean;
  };
  'usage.wallet_debited': { lease_id: string; mcu: number; balance_mcu: number };
  'usage.wallet_topped_up': { mcu: number; balance_mcu: number; reason: string | null };
  /** The meter took the use of a lease; it may have been told more than once. */
  'usage.meter_sent': { lease_id: string; tries: number };
  /** It never will: refused for good, or tried too often. */
  'usage.meter_dead': { lease_id: string; tries: number; reason: string };
  /** A whole new version of limits and rates. */
  'budget.limits_changed': BudgetsBody;
  /** Windows that began, by normal time; a jump of the clock says it in its `time.jumped`. */
  'budget.windows_opened': { windows: OpenedWindow[] };
  /** Refused, or held until there is room, before anything was granted. */
  'budget.refused': BudgetRefusal;
  /** What is spent has reached a mark of a limit. */
  'budget.warned': {
    scope: string;
    window: BudgetWindow;
    percent: number;
    limit_mcu: number;
    spent_mcu: number;
  };
  'time.jumped': { wall_ms: number; mono_ms: number; cause: 'start' | 'clock'; windows?: OpenedWindow[] };
  /**
   * What a start found: a torn tail that was cut, or a rollback that somebody accepted. Then the log went on from `to`
   * entries although `rolled_back_from` were durable once (null: not known), and fences begin again after `fence`.
   */
  'integrity.checked': {
    cut_bytes: number;
    cut_lines: number;
    rolled_back_from?: number | null;
    to?: number;
    fence?: number;
    reason?: string;
  };
  /** The signed head of the log: the tree over the entries before this one. */
  'checkpoint.signed': { size: number; root: string; note: string };
  /** A runner saw a checkpoint, consistent with all it had seen before. */
  'witness.cosigned': { session_id: string; size: number; cosignature: string };
  /** A bundle of evidence was handed out; `subject` is a job's id, a work unit, `from-to` or `all`. */
  'export.made': { kind: 'job' | 'wu' | 'range' | 'all'; subject: string; entries: number };
  /** The plane's own log, `ws_plane`. */
  'key.created': { public_key: string; fingerprint: string };
  /** The key that signs from here on; the one before it signed this. In every log, each for its own origin. */
  'key.rotated': { before: string; public_key: string; fingerprint: string; signature: string };
  'config.workspace': { workspace_id: string; name: string };
  'config.operator': { operator_id: string; name: string; role: Role; token_sha256: string };
  'config.operator_revoked': { operator_id: string };
}

export interface ApprovalRequest {
  approval_id: string;
  kind: ApprovalKind;
  /** Null for `sdk`, which asks about no job of ours. */
  job_id: string | null;
  sentence: string;
  /** The job's digest that a yes is bound to. */
  digest?: string;
  /** The run that asks. */
  lease_id?: string;
  kinds?: string[];
  reason?: string | null;
  /** From the request on, in plane time; left out: as long as what it asks about. */
  expires_ms?: number;
  subject?: string;
  /** What an SDK client sent along, shown as it came. */
  context?: Record<string, unknown>;
  /** Who asks, where it is not the actor of the entry. */
  requester?: string;
}

/** What an SDK client sent, as it came: each item as JSON text, since an entry holds no fractions. */
interface SdkReceived {
  key_prefix: string;
  /** The list of the body that they stood in. */
  field: string;
  count: number;
  items: string[];
}

/** How a question ended. */
export interface ApprovalEnd {
  approval_id: string;
  job_id: string | null;
  lease_id?: string;
  digest?: string;
}
interface AdmissionEnd {
  admission_id: string;
  source_id: string;
  network: string;
}

/** How a lease ended, with all that was volatile about it. */
export interface LeaseEnd {
  lease_id: string;
  job_id: string;
  assignment_run_id: string;
  outcome: AttemptOutcome;
  reason: string;
  exit_code: number | null;
  runtime_ms: number;
  cost_mcu: number;
  /** Cost past the hold: shown, never debited. */
  overrun_mcu: number;
  renewals: number;
  last_renewal_ms_ago: number;
  /** As many as fit; a longer list is stored whole as a blob of JSON. */
  artifacts: ArtifactRef[];
  artifact_count?: number;
  artifact_list_sha256?: string;
  refused_outputs?: { path: string; reason: string }[];
  output: { stdout: StreamSize; stderr: StreamSize } | null;
  /** SHA-256 of the run receipt's file: its envelope as canonical JSON, stored under this digest. */
  run_receipt_sha256: string | null;
  /** What the receipt says against the plane's own record of the attempt, in a sentence; absent where the two agree. */
  run_receipt_problem?: string;
}

export type EventType = keyof EventBodies;
export type PlaneEvent = { [T in EventType]: { type: T; body: EventBodies[T] } }[EventType];
export type EventRule = Rule;

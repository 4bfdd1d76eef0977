import type { AttemptOutcome, BudgetWindow, Side, SourceState } from '../../contract/terms.ts';
import type { Rates } from '../budgets/cost.ts';
import type { Crossing, WorkspacePolicy } from '../routing/policy.ts';
import type { Profile } from '../routing/profile.ts';
import type { Requirement } from '../routing/requirement.ts';

/** Where a job can run: a source, or one runner of a pool. Only what routing looks at. */
export interface PlaceFacts {
  sourceId: string;
  name: string;
  profile: Profile;
  state: SourceState;
  isRevoked: boolean;
  isCordoned: boolean;
  isDraining: boolean;
  capacity: number;
  offered: number;
  /** Slots of the whole pool, of which this is one runner; null for a source of its own. */
  poolCapacity: number | null;
}

/** One attempt as it was measured. */
export interface MeasuredAttempt {
  sourceId: string;
  /** From grant to end. */
  heldMs: number;
  /** What was charged for. */
  runtimeMs: number;
  extrasMcu: number;
  outcome: AttemptOutcome;
  exitCode: number | null;
  /** Backoff that followed. */
  delayMs: number;
}

/** What became of a job, really or in a run of the model. */
export type Fate = 'placed' | 'refused' | 'held' | 'waiting' | 'canceled';
export interface Placement {
  fate: Fate;
  sourceId: string | null;
  side: Side | null;
  crossing: Crossing | null;
  /** From when it could first be placed to its first grant, or to the end of the range. */
  waitMs: number;
  /** Debited over all its attempts in the range. */
  costMcu: number;
  /** Code of a refusal or of what holds it. */
  code: string | null;
}

export interface HistoryJob {
  /** Its place among equals. */
  seq: number;
  jobId: string;
  wuId: string;
  title: string;
  signature: string;
  requirement: Requirement;
  priority: number;
  maxRuntimeMs: number;
  extrasMcu: number;
  maxAttempts: number;
  finalExitCodes: readonly number[];
  maxQueueMs: number | null;
  isHeldOnRefusal: boolean;
  /** Attempts that were started before the range. */
  attemptsBefore: number;
  attempts: readonly MeasuredAttempt[];
  /** How an operator answered the question about the other side, and how long that took. */
  answer: { isApproved: boolean; afterMs: number } | null;
  /** What really became of it; null when it began to run before the range. */
  recorded: Placement | null;
}

export interface HistoryLimit {
  scope: string;
  window: BudgetWindow;
  limitMcu: number;
}
export interface HistoryBudgets {
  limits: readonly HistoryLimit[];
  defaultWuLimitMcu: number | null;
  rates: Rates;
}

/** What happened to the workspace, apart from its own decisions; `atMs` is the plane's running time. */
export type HistoryEvent = { atMs: number } & (
  | { kind: 'arrival'; job: HistoryJob; queuedMs: number; readyMs: number }
  | { kind: 'place'; placeId: string; facts: PlaceFacts | null; isOffered: boolean }
  | { kind: 'paused'; isPaused: boolean }
  | { kind: 'policy'; policy: WorkspacePolicy }
  | { kind: 'budgets'; budgets: HistoryBudgets }
  | { kind: 'window'; window: BudgetWindow }
  | { kind: 'cancel'; seq: number }
  | {
      kind: 'freed';
      placeId: string;
      sourceId: string;
      holds: readonly { scope: string; heldMcu: number; debitedMcu: number }[];
    }
);

/** A range of the past: how things stood at its start, and what came. */
export interface History {
  fromMs: number;
  toMs: number;
  policy: WorkspacePolicy;
  budgets: HistoryBudgets;
  /** Held and spent at the start, by scope; spent by window. */
  use: ReadonlyMap<string, { heldMcu: number; spentMcu: Readonly<Record<BudgetWindow, number>> }>;
  isPaused: boolean;
  places: ReadonlyMap<string, PlaceFacts>;
  /** Slots that attempts from before the range take, by place. */
  occupied: ReadonlyMap<string, number>;
  /** Fence of the newest grant of each place before the range: who waited longest has the lowest. */
  lastGrants: ReadonlyMap<string, number>;
  /** In the order of the log. */
  events: readonly HistoryEvent[];
  /** What the log does not say, in sentences. */
  assumptions: readonly string[];
}

/** What is tried instead of what was in force; what is left out stays as it was at each moment. */
export interface Draft {
  policy?: WorkspacePolicy;
  budgets?: HistoryBudgets;
  /** Source → labels. */
  labels?: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** The moments at which the plane looks, ms: timers at each tick, polls and questions at each review. */
export interface Pace {
  tickMs: number;
  reviewMs: number;
  /** Running time of the first tick. */
  phaseMs: number;
  slackMs: number;
}

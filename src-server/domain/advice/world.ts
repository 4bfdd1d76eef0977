import type { AdviceChange } from '../../contract/decision.ts';
import type { ComputeClass, Side, SourceState } from '../../contract/terms.ts';
import type { Rates } from '../budgets/cost.ts';
import type { LimitUse } from '../budgets/limits.ts';
import type { FallbackState } from '../routing/fallback.ts';
import type { FleetGroup } from '../routing/fleet-group.ts';
import type { WorkspacePolicy } from '../routing/policy.ts';
import type { Profile } from '../routing/profile.ts';
import type { Requirement } from '../routing/requirement.ts';

/** A job as the decision sees it. */
export interface AdvisedJob {
  jobId: string;
  wuId: string;
  title: string;
  requirement: Requirement;
  /** The text under which its requirement is known. */
  signature: string;
  maxRuntimeMs: number;
  extrasMcu: number;
  fallback: FallbackState;
  /** How long it could have been placed already; opens the second side under `auto`. */
  waitedMs: number;
  /** Comes before the advised job for any source that takes both. */
  isAhead: boolean;
}

/** One place of a source: itself, or one runner of a pool. */
export interface PlaceFacts {
  profile: Profile;
  state: SourceState;
  offered: number;
  active: number;
}

/** What a change of one source starts from. */
export interface SourceFacts {
  sourceId: string;
  name: string;
  side: Side;
  isCordoned: boolean;
  isDraining: boolean;
  capacity: number;
  /** Slots that its pool may still give out; null for a source of its own. */
  poolRoom: number | null;
  /** It is heard of now, so that lifting its quarantine brings it online. */
  isHeard: boolean;
  lastGrantSeq: number;
  places: readonly PlaceFacts[];
}

/** Everything that the decision for one waiting job rests on. A change of it gives another world, never touches this one. */
export interface AdviceWorld {
  isPaused: boolean;
  policy: WorkspacePolicy;
  rates: Rates;
  /** The fleet as a requirement sees it, condensed; the same answer while nothing changes. */
  groupsFor(requirement: Requirement, signature: string): readonly FleetGroup[];
  /** Slots that a source of these groups may be granted now, and how it ranks. */
  standingOf(sourceId: string): { free: number; total: number; lastGrantSeq: number };
  /** Is any limit set? Without one all work units are alike. */
  isLimited: boolean;
  /** Every limit that a grant would touch. */
  usesOf(wuId: string, side: Side, computeClass: ComputeClass): readonly LimitUse[];
}

/** What is asked of the advisor beside the world. */
export interface AdviceCase {
  job: AdvisedJob;
  world: AdviceWorld;
  /** What a decision of today can change about it: a held job is released by some changes only. */
  kinds: readonly AdviceChange[];
  /** Other waiting jobs, oldest first, a bounded number; some come before it. */
  others: readonly AdvisedJob[];
  /** How many queued jobs of a requirement the list above left out, for every requirement that has some. */
  unseen: readonly { requirement: Requirement; count: number }[];
  /** Requirements of other jobs that a change is judged for, the oldest first; the rest is not looked at. */
  requirementsMax: number;
  /** The whole fleet as the job sees it, in which a change looks for sources that lack one thing. */
  wholeFleet(): readonly FleetGroup[];
  sourceFacts(sourceId: string): SourceFacts;
  /** The question that holds the job. */
  approval: { approvalId: string; kind: 'fallback' | 'before_start' } | null;
  /** Hosts that an admission of this source would grant: asked for already, or granted elsewhere for the network. */
  hostsFor(sourceId: string, network: string): readonly { host: string; port: number }[];
}

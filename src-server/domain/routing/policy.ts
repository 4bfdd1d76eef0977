import { overrideFor } from '../../contract/override-match.ts';
import type { PolicyOverride } from '../../contract/policy.ts';
import type { FallbackMode, PolicyMode, Side } from '../../contract/terms.ts';
import type { Requirement } from './requirement.ts';

/** A published version as a whole. No job is judged by it: each is judged by what `ruleFor` makes of it. */
export interface WorkspacePolicy {
  version: number;
  mode: PolicyMode;
  fallback: { mode: FallbackMode; afterMs: number };
  /** A job that waits longer than this in the queue is refused; null: it waits on. */
  refuseAfterMs: number | null;
  /** In order; the first that matches a job rules it. */
  overrides: readonly PolicyOverride[];
  /** Work units take turns inside one priority. */
  isFairShare: boolean;
}

/** The rule that holds for jobs of one requirement under a version. */
export interface RoutingPolicy {
  version: number;
  mode: PolicyMode;
  fallback: { mode: FallbackMode; afterMs: number };
  refuseAfterMs: number | null;
  /** Position of the override that made it, from 0; null for the workspace's own rule. */
  override: number | null;
}

/** What a version says about jobs of this requirement: the first override that matches, else the workspace's rule. */
export function ruleFor(policy: WorkspacePolicy, requirement: Requirement): RoutingPolicy {
  const at = overrideFor(policy.overrides, requirement.computeClass, requirement.labels);
  const override = policy.overrides[at];
  const fallback = override?.fallback;
  return {
    version: policy.version,
    mode: override?.mode ?? policy.mode,
    fallback: fallback === undefined ? policy.fallback : { mode: fallback.mode, afterMs: fallback.after_ms },
    refuseAfterMs: policy.refuseAfterMs,
    override: override === undefined ? null : at,
  };
}

/** Why the second side may take a job: the first had none, was busy too long, or an operator said so. */
export type Crossing = 'none_registered' | 'none_eligible' | 'none_online' | 'busy_longer_than' | 'approved';

/** The preferred side and, where the mode allows one, the side that may take over. */
export function sidesOf(mode: PolicyMode): { first: Side; second: Side | null } {
  switch (mode) {
    case 'byoc_only':
      return { first: 'byoc', second: null };
    case 'byoc_first':
      return { first: 'byoc', second: 'managed' };
    case 'managed_first':
      return { first: 'managed', second: 'byoc' };
    case 'managed_only':
      return { first: 'managed', second: null };
  }
}

/** "BYOC" and "managed", as sentences name a side. */
export const sideWord = (side: Side): string => (side === 'byoc' ? 'BYOC' : 'managed');

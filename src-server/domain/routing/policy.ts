import type { FallbackMode, PolicyMode, Side } from '../../contract/terms.ts';

export interface RoutingPolicy {
  version: number;
  mode: PolicyMode;
  fallback: { mode: FallbackMode; afterMs: number };
  /** A job that waits longer than this in the queue is refused; null: it waits on. */
  refuseAfterMs: number | null;
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

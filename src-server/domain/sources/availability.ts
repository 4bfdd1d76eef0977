import type { SourceState } from '../../contract/terms.ts';

/** The moving part of a source as routing sees it; one word each, worst first. */
export const AVAILABILITIES = [
  'revoked',
  'cordoned',
  'draining',
  'quarantined',
  'pending',
  'offline',
  'late',
  'full',
  'ready',
] as const;
export type Availability = (typeof AVAILABILITIES)[number];

export interface SourceCondition {
  state: SourceState;
  isRevoked: boolean;
  isCordoned: boolean;
  isDraining: boolean;
  /** min(enrolled, offered) − active leases. */
  freeSlots: number;
}

/** Operator's switches first, then health, then room. */
export function availability(source: SourceCondition): Availability {
  if (source.isRevoked) return 'revoked';
  if (source.isCordoned) return 'cordoned';
  if (source.isDraining) return 'draining';
  if (source.state !== 'online') return source.state;
  return source.freeSlots > 0 ? 'ready' : 'full';
}

/** Full and late count as busy: the first side is there, it only has no slot now. */
export const isThere = (a: Availability): boolean => a === 'ready' || a === 'full' || a === 'late';

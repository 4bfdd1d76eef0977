import type { SessionState } from '../../contract/terms.ts';
import type { TransitionTable } from '../transition-table.ts';

/** A lost session comes back with its key at any later time; it ends only by revoke, retire or disconnect. */
export const SESSION_TRANSITIONS: TransitionTable<SessionState> = {
  active: ['draining', 'lost', 'ended'],
  draining: ['active', 'lost', 'ended'],
  lost: ['active', 'draining', 'ended'],
  ended: [],
};

import type { LeaseState } from '../../contract/terms.ts';
import type { TransitionTable } from '../transition-table.ts';

export const LEASE_TRANSITIONS: TransitionTable<LeaseState> = {
  active: ['released', 'expired', 'revoked'],
  released: [],
  expired: [],
  revoked: [],
};

import type { SourceState } from '../../contract/terms.ts';
import type { TransitionTable } from '../transition-table.ts';

/** Health only; the operator's switches (cordoned, draining, revoked) stand beside it and survive restarts. */
export const SOURCE_TRANSITIONS: TransitionTable<SourceState> = {
  pending: ['online', 'quarantined'],
  online: ['late', 'offline', 'quarantined'],
  late: ['online', 'offline', 'quarantined'],
  offline: ['online', 'quarantined'],
  quarantined: ['online', 'offline', 'late'],
};

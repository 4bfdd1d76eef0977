import type { ApprovalState } from '../../contract/terms.ts';
import type { TransitionTable } from '../transition-table.ts';

export const APPROVAL_TRANSITIONS: TransitionTable<ApprovalState> = {
  pending: ['approved', 'rejected', 'expired'],
  approved: [],
  rejected: [],
  expired: [],
};

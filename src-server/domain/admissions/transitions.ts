import type { AdmissionState } from '../../contract/terms.ts';
import type { TransitionTable } from '../transition-table.ts';

/** A request is answered once; only a grant can be taken back or run out. */
export const ADMISSION_TRANSITIONS: TransitionTable<AdmissionState> = {
  pending: ['granted', 'rejected'],
  granted: ['revoked', 'expired'],
  rejected: [],
  revoked: [],
  expired: [],
};

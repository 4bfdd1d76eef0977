import type { CredentialState } from '../../contract/terms.ts';
import type { TransitionTable } from '../transition-table.ts';

export const CREDENTIAL_TRANSITIONS: TransitionTable<CredentialState> = {
  issued: ['redeemed', 'expired', 'burned'],
  redeemed: [],
  expired: [],
  burned: [],
};

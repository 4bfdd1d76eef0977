import type { FleetGroup } from '../routing/fleet-group.ts';
import { type RoutingPolicy, sidesOf } from '../routing/policy.ts';
import type { Requirement } from '../routing/requirement.ts';

/** What a runner never becomes; stands beside each sentence about a private network. */
export const NEVER_A_PROXY = 'A runner executes approved work. It never becomes a proxy into this network.';

export const isPrivate = (network: string): boolean => network.startsWith('private:');

/**
 * May any source take a job of this private network, busy or not? It must fit in everything else, stand on a side that
 * the policy knows, and be admitted. Where none does, no waiting helps: the job is held until somebody admits one.
 */
export function isAdmittedSomewhere(groups: readonly FleetGroup[], policy: RoutingPolicy): boolean {
  const { first, second } = sidesOf(policy.mode);
  return groups.some(
    (g) => g.fits && g.availability !== 'revoked' && (g.profile.side === first || g.profile.side === second),
  );
}

/** "private:registry is not admitted for any source. Waits for an admission." */
export function notAdmittedSentence(requirement: Requirement, groups: readonly FleetGroup[]): string {
  const { network } = requirement;
  // Admitted, but only where the job cannot go: another grant is what it waits for all the same.
  const isElsewhere = groups.some((g) => g.availability !== 'revoked' && g.profile.networks.includes(network));
  return `${network} is not admitted for any source${isElsewhere ? ' that fits' : ''}. Waits for an admission.`;
}

export const rejectedSentence = (network: string, by: string, reason: string | null): string =>
  `Admission for ${network} was rejected by ${by}${reason === null || reason === '' ? '' : `: ${reason}`}.`;

/** Why a running job is told to stop when what it may reach is taken back. */
export const endedSentence = (network: string, how: 'revoked' | 'expired', by: string): string =>
  how === 'expired' ? `The admission for ${network} expired.` : `The admission for ${network} was revoked by ${by}.`;

export interface AdmissionWords {
  network: string;
  status: string;
  sourceName: string;
  hosts: readonly { host: string; port: number }[];
  requestedBy: string;
  decidedBy: string | null;
  reason: string | null;
}

/** Where an admission stands, in a sentence. */
export function admissionSentence(words: AdmissionWords): string {
  const { network, sourceName, decidedBy } = words;
  const hosts = words.hosts.map((h) => `${h.host}:${h.port}`).join(', ');
  switch (words.status) {
    case 'pending':
      return `${words.requestedBy} asks that ${sourceName} may reach ${hosts} in ${network}. Waits for an approver.`;
    case 'granted':
      return `${sourceName} may reach ${hosts} in ${network}, granted by ${decidedBy}.`;
    case 'rejected':
      return rejectedSentence(network, decidedBy ?? '', words.reason);
    case 'revoked':
      return endedSentence(network, 'revoked', decidedBy ?? '');
    default:
      return endedSentence(network, 'expired', '');
  }
}

import type { EnvelopePayload } from '../../src-server/contract/runtime.ts';
import { type EgressRules, type HostPort, parseHostPort, plainHost } from './destination.ts';

type Asked = Pick<EnvelopePayload, 'grants'> & { job: Pick<EnvelopePayload['job'], 'network' | 'egress'> };

/** The hosts that a job's own list names; an entry that is no host and port opens nothing. */
const listedOf = ({ job }: Asked): HostPort[] =>
  job.egress.map(parseHostPort).filter((entry): entry is HostPort => entry !== null);

/**
 * What a job may reach: the grants of the signed envelope, and its own list where it asks for egress. A job that asks for
 * egress and lists nothing may reach any public address. `none` reaches nothing, whatever else is said.
 */
export function egressRulesOf(asked: Asked): EgressRules {
  if (asked.job.network === 'none') return { admitted: [], listed: [] };
  const admitted = asked.grants.map(({ host, port }) => ({ host: plainHost(host), port }));
  if (asked.job.network !== 'egress') return { admitted, listed: [] };
  return { admitted, listed: asked.job.egress.length === 0 ? 'any' : listedOf(asked) };
}

/** Every host and port that is known by name beforehand. */
export function targetsOf(asked: Asked): HostPort[] {
  const { admitted, listed } = egressRulesOf(asked);
  return [...admitted, ...(listed === 'any' ? [] : listed)];
}

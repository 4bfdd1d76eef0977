import type { EnvelopePayload } from '../../src-server/contract/runtime.ts';
import { type EgressRules, type HostPort, parseHostPort, plainHost } from './destination.ts';

type Asked = Pick<EnvelopePayload, 'grants'> & { job: Pick<EnvelopePayload['job'], 'network' | 'egress'> };

/**
 * What a job may reach, out of its signed envelope. In a private network the grants stand for an approved admission. For
 * egress they are the job's own list, which opens no private network whoever wrote it; an empty list reaches nothing.
 * `none` reaches nothing, whatever else is said.
 */
export function egressRulesOf({ grants, job }: Asked): EgressRules {
  if (job.network === 'none') return { admitted: [], listed: [] };
  const granted = grants.map(({ host, port }) => ({ host: plainHost(host), port }));
  if (job.network !== 'egress') return { admitted: granted, listed: [] };
  const named = job.egress.map(parseHostPort).filter((entry): entry is HostPort => entry !== null);
  const isKnown = ({ host, port }: HostPort) => named.some((each) => each.host === host && each.port === port);
  return { admitted: [], listed: [...named, ...granted.filter((entry) => !isKnown(entry))] };
}

/** Every host and port that a job may reach, known beforehand. */
export function targetsOf(asked: Asked): HostPort[] {
  const { admitted, listed } = egressRulesOf(asked);
  return [...admitted, ...listed];
}

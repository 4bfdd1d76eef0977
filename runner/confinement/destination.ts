import { addressClassOf } from './address-class.ts';
import type { ConnectionRecord } from './connection-log.ts';

/** A host by name or literal address, and a port. */
export interface HostPort {
  host: string;
  port: number;
}

/** What a job may reach. */
export interface EgressRules {
  /** From an approved admission: may lie in a private network. */
  admitted: readonly HostPort[];
  /** From the job's own list: public addresses only. */
  listed: readonly HostPort[];
}

/** Why a connection was let through or not. */
export type Verdict = ConnectionRecord['verdict'];

/** Splits `host:port`, also with a bracketed IPv6 address; null when it is no such thing. */
export function parseHostPort(text: string): HostPort | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]{1,253})):(\d{1,5})$/.exec(text);
  if (match === null) return null;
  const port = Number(match[3]);
  if (port < 1 || port > 65_535) return null;
  return { host: plainHost((match[1] ?? match[2]) as string), port };
}

/** A host as it is compared: lower case, no dot at its end. */
export const plainHost = (host: string): string => host.toLowerCase().replace(/\.$/, '');

const names = (list: readonly HostPort[], { host, port }: HostPort): boolean =>
  list.some((entry) => entry.port === port && plainHost(entry.host) === host);

/** By which right a host and port may be reached at all, before its name is resolved; null is not at all. */
export function rightTo(rules: EgressRules, target: HostPort): 'admitted' | 'listed' | null {
  if (names(rules.admitted, target)) return 'admitted';
  return names(rules.listed, target) ? 'listed' : null;
}

/**
 * The address to connect to, out of those a name resolved to: the first that the right covers. A name that leads to a
 * refused address as well is refused as a whole, so that it cannot be tried until it gives the one that is wanted.
 */
export function addressFor(
  right: 'admitted' | 'listed',
  addresses: readonly string[],
  ownAddresses: readonly string[],
): string | null {
  const isCovered = (address: string) => {
    const kind = addressClassOf(address);
    if (right === 'admitted') return kind !== 'forbidden';
    return kind === 'public' && !ownAddresses.includes(address);
  };
  return addresses.every(isCovered) ? (addresses[0] ?? null) : null;
}

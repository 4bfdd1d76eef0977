import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../contract/problems.ts';

/** Names under which this server is asked for; anything else is a page of another site that found its way here. */
export interface Authorities {
  /** `127.0.0.1:P`, `localhost:P`, and the authority of the public URL. */
  hosts: ReadonlySet<string>;
  /** Origins of our own pages. */
  origins: ReadonlySet<string>;
}

/** @param publicUrl without a trailing slash; null when there is none. */
export function authoritiesOf(port: number, isTls: boolean, publicUrl: string | null): Authorities {
  const local = [`127.0.0.1:${port}`, `localhost:${port}`];
  const hosts = new Set(local);
  const origins = new Set(local.map((host) => `${isTls ? 'https' : 'http'}://${host}`));
  if (publicUrl !== null) {
    hosts.add(new URL(publicUrl).host);
    origins.add(new URL(publicUrl).origin);
  }
  return { hosts, origins };
}

/**
 * Refuses what was not meant for us, before anything else is looked at.
 * @throws ProblemError `request.malformed`, `host.not_allowed`, `origin.not_allowed`, `preflight.refused`.
 */
export function guardHost(request: IncomingMessage, authorities: Authorities): void {
  const { host, origin } = request.headers;
  const names = request.headersDistinct.host;
  if (host === undefined || host === '' || (names !== undefined && names.length !== 1) || /[\s@/\\]/.test(host)) {
    throw new ProblemError('request.malformed', 'Send exactly one Host header that names this server.');
  }
  if (!authorities.hosts.has(host.toLowerCase()))
    throw new ProblemError('host.not_allowed', 'Use the address that the control plane printed.');
  if (origin !== undefined && !authorities.origins.has(origin))
    throw new ProblemError('origin.not_allowed', 'Open the console at the address that the control plane printed.');
  if (request.method === 'OPTIONS')
    throw new ProblemError('preflight.refused', 'Calls from pages of other origins are not offered.');
}

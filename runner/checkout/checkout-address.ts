import type { EnvelopePayload } from '../../src-server/contract/runtime.ts';
import {
  addressFor,
  type EgressRules,
  type HostPort,
  parseHostPort,
  plainHost,
  rightTo,
} from '../confinement/destination.ts';

const HTTPS_PORT = 443;

/** What a job names of a repository. */
export interface Checkout {
  /** An https address without credentials. */
  repo: string;
  /** The whole hash of a commit. */
  commit: string;
}

/** Where a checkout connects: the host as its certificate names it, and the one address that it may have. */
export interface CheckoutTarget extends HostPort {
  url: string;
  address: string;
}

/**
 * The address of a repository as it is dialled. Throws in words for all but plain https: git knows addresses that start
 * programs (`ext::`), read files or hand keys to a host (`ssh`).
 */
export function readRepo(repo: string): HostPort & { url: string } {
  const refused = (why: string): never => {
    throw new Error(`The checkout address is refused: ${why}. Name it as https://host/path.`);
  };
  if (!/^https:\/\/[A-Za-z0-9[]/.test(repo)) refused('it is not https');
  if (/[\u0000-\u0020\u007f\\]/.test(repo)) refused('it holds spaces or control characters');
  let url: URL;
  try {
    url = new URL(repo);
  } catch {
    return refused('it is no address');
  }
  if (url.username !== '' || url.password !== '') refused('it holds credentials');
  if (url.search !== '' || url.hash !== '') refused('it holds a query or a fragment');
  const host = plainHost(url.hostname.replace(/^\[|\]$/g, ''));
  return { host, port: url.port === '' ? HTTPS_PORT : Number(url.port), url: url.href };
}

/** What a source may fetch repositories from: the hosts that its owner named, and what the job was admitted to. */
export function checkoutRules(
  checkoutHosts: readonly string[],
  { grants, job }: Pick<EnvelopePayload, 'grants' | 'job'>,
): EgressRules {
  const listed = checkoutHosts
    .map((word) => parseHostPort(word) ?? parseHostPort(`${word}:${HTTPS_PORT}`))
    .filter((entry): entry is HostPort => entry !== null);
  // Only an admission opens a private network; a job's own list of hosts is its own word.
  return { listed, admitted: job.network.startsWith('private:') ? grants : [] };
}

/** Judges where a repository lies, once by its name and once by its addresses. Throws in words. */
export async function checkoutTarget(
  repo: string,
  rules: EgressRules,
  resolve: (host: string) => Promise<string[]>,
  ownAddresses: readonly string[],
): Promise<CheckoutTarget> {
  const target = readRepo(repo);
  const name = `${target.host}:${target.port}`;
  const right = rightTo(rules, target);
  if (right === null)
    throw new Error(
      `No repository is fetched from ${name} here. Admit ${name}, or start the runner with --checkout-host ${target.host}.`,
    );
  const addresses = await resolve(target.host).catch(() => []);
  if (addresses.length === 0) throw new Error(`The name ${target.host} leads to no address.`);
  const address = addressFor(right, addresses, ownAddresses);
  if (address === null)
    throw new Error(`${name} leads to an address in a private network or on this machine. It needs an admission.`);
  return { ...target, address };
}

import type { NetworkGrant } from '../../src-server/contract/admission.ts';

/** What may be reached in a private network, as a person types it: `registry.lan:443`. */
export const formatHosts = (hosts: readonly NetworkGrant[]): string =>
  hosts.map(({ host, port }) => `${host}:${port}`).join(', ');

/** `registry.lan:443`, one a line or by commas. Null where a line is no host with a port. */
export const parseHosts = (text: string): NetworkGrant[] | null => {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const grants = parts.map((part) => {
    const match = /^([a-z0-9.-]+):(\d{1,5})$/.exec(part);
    const port = Number(match?.[2]);
    return match === null || port < 1 || port > 65_535 ? null : { host: match[1] ?? '', port };
  });
  return grants.includes(null) ? null : (grants as NetworkGrant[]);
};

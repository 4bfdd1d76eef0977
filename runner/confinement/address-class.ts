import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * What an address leads to. `forbidden`: this machine itself, its link, a cloud's metadata service, many hosts at once;
 * nobody can grant it. `private`: somebody's own network; only an admission opens it. `public`: the rest.
 */
export type AddressClass = 'public' | 'private' | 'forbidden';

const listOf = (v4: readonly [string, number][], v6: readonly [string, number][]): BlockList => {
  const list = new BlockList();
  for (const [address, bits] of v4) list.addSubnet(address, bits, 'ipv4');
  for (const [address, bits] of v6) list.addSubnet(address, bits, 'ipv6');
  return list;
};

/** Besides link-local ones, the metadata addresses that clouds put into private ranges. */
const FORBIDDEN = listOf(
  [
    ['0.0.0.0', 8],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['100.100.100.200', 32],
    ['192.0.0.192', 32],
    ['168.63.129.16', 32],
    ['224.0.0.0', 4],
    ['255.255.255.255', 32],
  ],
  [
    ['::', 128],
    ['::1', 128],
    ['fe80::', 10],
    ['fec0::', 10],
    ['fd00:ec2::', 32],
    ['ff00::', 8],
  ],
);
/** Private, shared, benchmark, documentation and reserved ranges of the IANA special-purpose registries. */
const PRIVATE = listOf(
  [
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['240.0.0.0', 4],
  ],
  [
    ['fc00::', 7],
    ['100::', 64],
    ['2001:db8::', 32],
  ],
);

/** The eight groups of an IPv6 address, without a zone. */
function groupsOf(address: string): number[] {
  const { hostname } = new URL(`http://[${address.split('%')[0]}]/`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const read = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const first = read(head);
  if (tail === undefined) return first;
  const last = read(tail);
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}

const dotted = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');

/** The IPv4 address that an IPv6 one stands for (mapped, compatible, NAT64, 6to4), or null. */
function embeddedIpv4(address: string): string | null {
  const groups = groupsOf(address);
  const [a = 0, b = 0, c = 0, , , f = 0, g = 0, h = 0] = groups;
  const isZeroTo = (end: number) => groups.slice(0, end).every((group) => group === 0);
  if (isZeroTo(5) && f === 0xffff) return dotted(g, h);
  if (isZeroTo(6) && (g !== 0 || h > 1)) return dotted(g, h);
  if (a === 0x64 && b === 0xff9b) return dotted(g, h);
  if (a === 0x2002) return dotted(b, c);
  return null;
}

/** Classifies a literal address. Anything that is none is `forbidden`. */
export function addressClassOf(address: string): AddressClass {
  const plain = address.split('%')[0] as string;
  if (isIPv4(plain)) {
    if (FORBIDDEN.check(plain, 'ipv4')) return 'forbidden';
    return PRIVATE.check(plain, 'ipv4') ? 'private' : 'public';
  }
  if (!isIPv6(plain)) return 'forbidden';
  const inner = embeddedIpv4(plain);
  if (inner !== null) return addressClassOf(inner);
  if (FORBIDDEN.check(plain, 'ipv6')) return 'forbidden';
  return PRIVATE.check(plain, 'ipv6') ? 'private' : 'public';
}

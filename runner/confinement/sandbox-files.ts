import { existsSync, lstatSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPort } from './destination.ts';

/** Inside, the job is this user whatever its owner is outside. */
export const JOB_UID = 1000;
export const INSIDE = { work: '/job', tmp: '/tmp', relay: '/run/connected-compute' } as const;

/** Programs and libraries. On a merged system all but the first are links into it. */
const SYSTEM_ROOTS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** What programs need of /etc: libraries, certificates, name service, time and locale. No key, no shadow, no user list. */
const ETC_PARTS = [
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'alternatives',
  'ssl/certs',
  'ssl/openssl.cnf',
  'ca-certificates',
  'pki/ca-trust/extracted',
  'pki/tls/certs',
  'pki/tls/openssl.cnf',
  'crypto-policies',
  'localtime',
  'timezone',
  'locale.alias',
  'locale.conf',
  'services',
  'protocols',
  'mime.types',
  'magic',
  'os-release',
  'debian_version',
  'fonts',
  'perl',
  'python3',
];

/**
 * Parts of /proc that change or show the whole machine. A runner that runs as root is still their owner inside, and then
 * their mode alone would let a job write to them.
 */
const PROC_READ_ONLY = ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs'];
const PROC_HIDDEN = [
  'kcore',
  'keys',
  'latency_stats',
  'timer_list',
  'timer_stats',
  'sched_debug',
  'kmsg',
  'kpagecount',
];

/** Arguments that mount a /proc of the namespace's own processes. */
export function procMounts(): string[] {
  const isThere = (name: string) => existsSync(`/proc/${name}`);
  return [
    ...['--proc', '/proc'],
    ...PROC_READ_ONLY.filter(isThere).flatMap((name) => ['--ro-bind', `/proc/${name}`, `/proc/${name}`]),
    ...PROC_HIDDEN.filter(isThere).flatMap((name) => ['--ro-bind', '/dev/null', `/proc/${name}`]),
  ];
}

/** Arguments that show the system read-only, and nothing else of this machine. */
export function systemMounts(): string[] {
  const mounts: string[] = [];
  for (const root of SYSTEM_ROOTS) {
    const info = lstatSync(root, { throwIfNoEntry: false });
    if (info === undefined) continue;
    if (info.isSymbolicLink()) mounts.push('--symlink', readlinkSync(root), root);
    else mounts.push('--ro-bind', root, root);
  }
  for (const part of ETC_PARTS) {
    const path = `/etc/${part}`;
    if (existsSync(path)) mounts.push('--ro-bind', path, path);
  }
  return mounts;
}

/** A listener inside the namespace that leads to one granted host. */
export interface Doorway {
  /** A loopback address of the namespace; each host has its own, so that two may use one port. */
  address: string;
  host: string;
  port: number;
}

/** One doorway per granted host and port that has a name; a literal address is reached through the proxy only. */
export function doorwaysFor(targets: readonly HostPort[]): Doorway[] {
  const addresses = new Map<string, string>();
  const doorways: Doorway[] = [];
  for (const { host, port } of targets) {
    if (!/[a-z]/i.test(host) || host.includes(':') || host === 'localhost' || addresses.size >= 250) continue;
    const address = addresses.get(host) ?? `127.77.0.${addresses.size + 1}`;
    addresses.set(host, address);
    if (!doorways.some((known) => known.host === host && known.port === port)) doorways.push({ address, host, port });
  }
  return doorways;
}

/**
 * Writes the files that replace this machine's own below /etc: one user, no others, names of the granted hosts alone.
 * Returns the arguments that mount them.
 */
export function ownEtc(folder: string, doorways: readonly Doorway[]): string[] {
  mkdirSync(folder, { mode: 0o700 });
  const hosts = new Map(doorways.map(({ host, address }) => [host, address]));
  const files: Record<string, string> = {
    passwd: `job:x:${JOB_UID}:${JOB_UID}:job:${INSIDE.work}:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n`,
    group: `job:x:${JOB_UID}:\nnogroup:x:65534:\n`,
    hosts: `127.0.0.1 localhost\n::1 localhost\n${[...hosts].map(([host, address]) => `${address} ${host}\n`).join('')}`,
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  };
  const mounts: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o644 });
    mounts.push('--ro-bind', path, `/etc/${name}`);
  }
  return mounts;
}

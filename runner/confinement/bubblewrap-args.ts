import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptGroup } from '../limits/attempt-group.ts';
import type { AttemptDir } from '../work-dir.ts';
import type { HostPort } from './destination.ts';
import { RELAY_PROGRAM, RELAY_PROXY } from './relay-program.ts';
import { doorwaysFor, INSIDE, JOB_UID, ownEtc, procMounts, systemMounts } from './sandbox-files.ts';

/** The network of a confined job: nothing, the runner's proxy, or this machine's own (not enforced). */
export type SandboxNetwork =
  | { kind: 'none' }
  | { kind: 'proxied'; socketPath: string; targets: readonly HostPort[]; nodePath: string }
  | { kind: 'host' };

export interface Sandbox {
  /** As `bwrap --version` says, `0.8.0`. */
  version: string;
  dir: AttemptDir;
  /** The work directory can be read and not written. */
  isWorkReadOnly?: boolean;
  network: SandboxNetwork;
  environment: Readonly<Record<string, string>>;
  /**
   * `NAME=value` entries by which bubblewrap is found should the runner be killed. It ties the namespace's first process to
   * itself only after a moment; killed before, it leaves that one behind.
   */
  marks: readonly string[];
  /** Holds all its processes under its ceilings; null where there are none. */
  group: AttemptGroup | null;
  /** Program and arguments inside. */
  argv: readonly string[];
}

/**
 * Runs as the job before its program: opens the way to the proxy where there is one, says on descriptor 3 that it is ready
 * (S) or that there is no such program (N), waits for the runner's word and becomes the program. A runner that was killed
 * while it told the options says no word: a boundary that was half told runs nothing.
 */
const LAUNCHER = `
ulimit -c 0
if [ "$1" = relay ]; then
  ready=$(/usr/bin/env -i ${INSIDE.relay}/node ${INSIDE.relay}/relay.mjs ${INSIDE.relay}/proxy.sock "$2" 2>/dev/null 3>&- &)
  [ "$ready" = ready ] || { printf R >&3; exit 125; }
fi
shift 2
command -v -- "$1" >/dev/null 2>&1 || { printf N >&3; exit 127; }
printf S >&3
read -r go <&3 || exit 125
exec "$@" 3>&-
`;

/** Where the launcher's word is read; bubblewrap's own arguments and news come after it. */
export const FD = { launcher: 3, args: 4, info: 5 } as const;

function networkArgs(network: SandboxNetwork, folder: string): string[] {
  if (network.kind === 'host') return ['--ro-bind-try', '/etc/resolv.conf', '/etc/resolv.conf'];
  if (network.kind === 'none') return ['--unshare-net'];
  const program = join(folder, 'relay.mjs');
  writeFileSync(program, RELAY_PROGRAM, { mode: 0o644 });
  return [
    '--unshare-net',
    ...['--ro-bind', program, `${INSIDE.relay}/relay.mjs`],
    ...['--ro-bind', network.nodePath, `${INSIDE.relay}/node`],
    ...['--bind', network.socketPath, `${INSIDE.relay}/proxy.sock`],
  ];
}

/** What bubblewrap is told: `options` on a descriptor, `command` on its command line. */
export interface SandboxArgs {
  options: string[];
  command: string[];
}

/** Nested user namespaces can be forbidden since 0.8; they are a way into much of the kernel. */
function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** The arguments of bubblewrap for a job. Writes files into the attempt's directory. */
export function sandboxArgs({ version, dir, isWorkReadOnly, network, environment, argv }: Sandbox): SandboxArgs {
  // An agent's attempt has one namespace for it and one for each program that it runs.
  const folder = mkdtempSync(join(dir.path, 'confinement-'));
  const doorways = network.kind === 'proxied' ? doorwaysFor(network.targets) : [];
  const relay = network.kind === 'proxied' ? JSON.stringify({ proxy: RELAY_PROXY, doorways }) : '';
  const options = [
    ...(isAtLeast(version, 0, 8) ? ['--disable-userns'] : []),
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--uid', String(JOB_UID), '--gid', String(JOB_UID), '--hostname', 'job'],
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...systemMounts(),
    ...ownEtc(join(folder, 'etc'), doorways),
    ...procMounts(),
    ...['--dev', '/dev', '--dir', '/var', '--symlink', '../tmp', '/var/tmp', '--dir', '/run'],
    ...[
      isWorkReadOnly === true ? '--ro-bind' : '--bind',
      dir.work,
      INSIDE.work,
      '--bind',
      dir.tmp,
      INSIDE.tmp,
      '--chdir',
      INSIDE.work,
    ],
    ...networkArgs(network, folder),
    ...['--remount-ro', '/'],
    '--clearenv',
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
  const mode = relay === '' ? 'direct' : 'relay';
  return { options, command: ['/bin/sh', '-c', LAUNCHER, 'job', mode, relay, ...argv] };
}

/** The environment by which programs find the proxy. */
export function proxyEnvironment(network: SandboxNetwork): Record<string, string> {
  if (network.kind !== 'proxied') return {};
  const url = `http://${RELAY_PROXY.address}:${RELAY_PROXY.port}`;
  return { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url };
}

import { lookup } from 'node:dns/promises';
import { mkdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { EgressRules } from '../confinement/destination.ts';
import { startCommand } from '../executors/command.ts';
import type { TreeMark } from '../process-tree.ts';
import type { AttemptDir } from '../work-dir.ts';
import { type Checkout, type CheckoutTarget, checkoutTarget } from './checkout-address.ts';

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const SAID_LIMIT = 400;
const KILL_GRACE_MS = 2_000;
/** One file that git writes; a pack that is larger is not a repository for a job. In blocks of 512 bytes. */
const FILE_BLOCKS = (4 * 1024 ** 3) / 512;
/** The first git that connects to the address it is told (http.curloptResolve). */
const LEAST_VERSION = [2, 37] as const;

/** Everything that could make git start a program, follow an address or read a setting of somebody else. */
const SETTINGS: readonly string[] = [
  'protocol.allow=never',
  'protocol.https.allow=always',
  'http.followRedirects=false',
  'http.proxy=',
  'http.sslVerify=true',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=60',
  'credential.helper=',
  'core.askPass=',
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.protectNTFS=true',
  'core.protectHFS=true',
  'fetch.fsckObjects=true',
  'fetch.recurseSubmodules=false',
  'fetch.uriProtocols=',
  'transfer.bundleURI=false',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.detachedHead=false',
  'init.defaultBranch=main',
];

export interface CheckoutDependencies {
  clock: Clock;
  signal: AbortSignal;
  /** By what git's processes are found and ended, like the job's own. */
  mark: TreeMark;
  /** What may be reached. */
  rules: EgressRules;
  resolve?: (host: string) => Promise<string[]>;
  /** Where an address that was judged is dialled; tests answer for hosts of the world on loopback. */
  dial?: (target: CheckoutTarget) => string;
  /** Certificates to trust instead of the system's. */
  caFile?: string;
}

/** Git's whole environment: no setting of the machine, of the user or of another git. */
function gitEnvironment(home: string, caFile: string | undefined): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    XDG_CONFIG_HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_ALLOW_PROTOCOL: 'https',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    ...(caFile === undefined ? {} : { GIT_SSL_CAINFO: caFile }),
  };
}

/** Runs git in one folder, bounded and ended with the attempt. */
class Git {
  constructor(
    private readonly folder: string,
    private readonly environment: Record<string, string>,
    private readonly dependencies: CheckoutDependencies,
  ) {}

  /** Returns what it printed, or null when it did not do it; `said` keeps why. */
  said = '';

  async run(args: readonly string[], more: readonly string[] = []): Promise<string | null> {
    const { clock, signal, mark } = this.dependencies;
    const settings = [...SETTINGS, ...more].flatMap((setting) => ['-c', setting]);
    const argv = ['/bin/sh', '-c', `ulimit -f ${FILE_BLOCKS}; exec "$@"`, 'sh', 'git', ...settings, ...args];
    const environment = { ...this.environment, ...Object.fromEntries(mark.entries.map((entry) => entry.split('='))) };
    const git = await startCommand({ argv, shell: false, cwd: this.folder, environment, mark }, clock);
    const stop = () => void git.tree.kill(KILL_GRACE_MS).catch(() => undefined);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let printed = '';
    let said = '';
    git.stdout.on('data', (bytes) => (printed = `${printed}${bytes}`.slice(0, SAID_LIMIT)));
    git.stderr.on('data', (bytes) => (said = `${said}${bytes}`.slice(-SAID_LIMIT)));
    const { exitCode } = await git.ended;
    signal.removeEventListener('abort', stop);
    this.said = said.trim();
    return exitCode === 0 ? printed.trim() : null;
  }

  async need(what: string, args: readonly string[], more: readonly string[] = []): Promise<string> {
    const printed = await this.run(args, more);
    if (printed === null) throw new Error(`${what}: ${this.said || 'git said no reason'}.`);
    return printed;
  }
}

/** Whether this git connects to the one address that it is told, and not where a name leads a moment later. */
export function isGitFit(version: string): boolean {
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  return major > LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor >= LEAST_VERSION[1]);
}

const resolveAll = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));

/**
 * Lays the files of one commit into an empty work directory. Nothing of the repository is run: no hook, filter, submodule,
 * helper; nothing but the judged address is dialled. Throws in words; then the attempt fails with them.
 */
export async function checkOut(
  { repo, commit }: Checkout,
  dir: AttemptDir,
  dependencies: CheckoutDependencies,
): Promise<void> {
  if (!COMMIT.test(commit)) throw new Error('The checkout names no whole commit: 40 or 64 hexadecimal digits.');
  const { rules, resolve = resolveAll, dial = ({ address }) => address, caFile, signal } = dependencies;
  const target = await checkoutTarget(repo, rules, resolve, ownAddresses());
  const home = join(dir.path, 'git');
  mkdirSync(home, { mode: 0o700 });
  const git = new Git(dir.work, gitEnvironment(home, caFile), dependencies);
  const version = await git.need('git cannot be run', ['--version']);
  if (!isGitFit(version))
    throw new Error(`A checkout needs git ${LEAST_VERSION.join('.')} or newer; this is ${version}.`);
  const format = commit.length === 64 ? 'sha256' : 'sha1';
  await git.need('The checkout could not begin', ['init', '--quiet', '--template=', `--object-format=${format}`]);
  const address = dial(target);
  const pinned = `http.curloptResolve=${target.host}:${target.port}:${address.includes(':') ? `[${address}]` : address}`;
  const options = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'];
  const isThere = (await git.run([...options, '--depth=1', '--', target.url, commit], [pinned])) !== null;
  // Some servers give out branches and tags only; the commit is in one of them, or nowhere.
  const refs = ['+refs/heads/*:refs/cc/heads/*', '+refs/tags/*:refs/cc/tags/*'];
  if (!isThere && !signal.aborted)
    await git.need(`${target.host} did not give the repository`, [...options, '--', target.url, ...refs], [pinned]);
  const what = `The commit ${commit.slice(0, 12)} is not in the repository`;
  await git.need(what, ['checkout', '--quiet', '--detach', '--no-recurse-submodules', commit, '--']);
  if ((await git.need(what, ['rev-parse', '--verify', 'HEAD'])) !== commit) throw new Error(`${what}.`);
}

import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { whenRead } from '../kept-stream.ts';
import { makeAttemptDir } from '../work-dir.ts';
import { startSandbox } from './bubblewrap.ts';
import type { SandboxNetwork } from './bubblewrap-args.ts';
import { EgressProxy } from './egress-proxy.ts';
import { NamespaceProcesses } from './namespace-processes.ts';
import { RELAY_PROXY } from './relay-program.ts';
import { sweepTries, TRIES_PREFIX } from './sweep-tries.ts';

const TRY_LIMIT_MS = 10_000;
/** A host that no job is granted: the probe asks for it and must be refused. */
const REFUSED_TARGET = 'probe.invalid:1';

/** What was found; `null` is what could not be done, and `why` says the first reason. */
export interface BubblewrapFinding {
  version: string | null;
  files: boolean;
  networkNone: boolean;
  allowList: boolean;
  nodePath: string | null;
  why: string | null;
}

const nothing = (why: string, version: string | null = null): BubblewrapFinding => ({
  version,
  files: false,
  networkNone: false,
  allowList: false,
  nodePath: null,
  why,
});

const versionOf = (): Promise<string | null> =>
  new Promise((resolve) => {
    execFile('bwrap', ['--version'], { timeout: TRY_LIMIT_MS }, (error, stdout) =>
      resolve(error === null ? (/(\d+\.\d+(\.\d+)?)/.exec(stdout)?.[1] ?? null) : null),
    );
  });

/** A Node program that could run in a namespace: this one, unless it is Electron, which starts no scripts there. */
function findNode(): string | null {
  if (process.versions.electron === undefined) return realpathSync(process.execPath);
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    try {
      accessSync(path, constants.X_OK);
      return realpathSync(path);
    } catch {
      // Not here.
    }
  }
  return null;
}

/** Prints what it could do that it should not, and the namespaces in which it is. */
const filesScript = (canary: string, home: string): string => `
[ -e '${canary}' ] && echo leak:canary
[ -e /etc/shadow ] && echo leak:shadow
[ -e '${home}' ] && echo leak:home
(: >/usr/cc-probe) 2>/dev/null && echo leak:usr
(: >/cc-probe) 2>/dev/null && echo leak:root
(: >/proc/sys/kernel/core_pattern) 2>/dev/null && echo leak:sysctl
(: >./own) || echo leak:work
(: >/proc/sysrq-trigger) 2>/dev/null && echo leak:sysrq
echo net $(readlink /proc/self/ns/net)
echo pid $(readlink /proc/self/ns/pid)
echo only $(sed -n 's/^ *\\([^:]*\\):.*/\\1/p' /proc/net/dev)
`;

const relayScript = `
import { connect } from 'node:net';
const s = connect(${RELAY_PROXY.port}, '${RELAY_PROXY.address}');
s.on('data', (b) => { process.stdout.write(b.toString().slice(0, 12)); s.destroy(); });
s.on('error', (e) => process.stdout.write(e.code));
s.write('CONNECT ${REFUSED_TARGET} HTTP/1.1\\r\\nHost: ${REFUSED_TARGET}\\r\\n\\r\\n');
`;

/** Tries things inside real sandboxes, in a folder that is removed afterwards. */
class Probe {
  readonly #folder = mkdtempSync(join(tmpdir(), `${TRIES_PREFIX}${process.pid}-`));
  #count = 0;

  constructor(
    private readonly version: string,
    private readonly clock: Clock,
  ) {}

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async say(network: SandboxNetwork, argv: readonly string[]): Promise<string> {
    this.#count += 1;
    const dir = makeAttemptDir(this.#folder, 'probe', this.#count);
    const environment = { PATH: '/usr/bin:/bin' };
    const { stdout, stderr, outerPid, initPid, go } = await startSandbox({
      version: this.version,
      dir,
      network,
      environment,
      marks: [],
      group: null,
      argv,
    });
    go();
    stderr.resume();
    const processes = new NamespaceProcesses(outerPid, initPid, this.clock);
    const cancelLimit = this.clock.after(TRY_LIMIT_MS, () => void processes.kill(0));
    let said = '';
    stdout.on('data', (bytes) => (said += bytes));
    await whenRead(stdout);
    cancelLimit();
    return said;
  }

  /** Throws in words when a promise of the file or process confinement does not hold. */
  async files(network: SandboxNetwork, home: string): Promise<{ hasOwnNetwork: boolean }> {
    const canary = join(this.#folder, 'canary');
    writeFileSync(canary, 'canary', { mode: 0o600 });
    const hidden =
      existsSync(home) && !/^\/(usr|bin|lib|etc|proc|dev|tmp|job|var|run)?(\/|$)/.test(home) ? home : canary;
    const said = await this.say(network, ['/bin/sh', '-c', filesScript(canary, hidden.replaceAll("'", "'\\''"))]);
    const leak = /^leak:.*/m.exec(said)?.[0];
    if (leak !== undefined) throw new Error(`a confined program could reach what it should not (${leak.slice(5)})`);
    const inside = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(said)?.[1] ?? '';
    if (!/^pid:\[\d+\]$/.test(inside('pid')) || inside('pid') === readlinkSync('/proc/self/ns/pid'))
      throw new Error('processes got no namespace of their own');
    const isOther = /^net:\[\d+\]$/.test(inside('net')) && inside('net') !== readlinkSync('/proc/self/ns/net');
    return { hasOwnNetwork: isOther && inside('only') === 'lo' };
  }

  async allowList(nodePath: string): Promise<boolean> {
    const proxy = new EgressProxy({ admitted: [], listed: [] });
    await proxy.open();
    try {
      const network: SandboxNetwork = { kind: 'proxied', socketPath: proxy.socketPath, targets: [], nodePath };
      const said = await this.say(network, ['/run/connected-compute/node', '--input-type=module', '-e', relayScript]);
      return said === 'HTTP/1.1 403' && proxy.log.records[0]?.verdict === 'not_granted';
    } finally {
      await proxy.close();
    }
  }
}

/** Tries what bubblewrap can enforce here: by running programs in it and looking at what they could do. */
export async function probeBubblewrap(home: string, clock: Clock): Promise<BubblewrapFinding> {
  const version = await versionOf();
  if (version === null) return nothing('bubblewrap (bwrap) is not installed');
  // What cannot be ended keeps nobody from trying.
  await sweepTries(clock).catch(() => 0);
  const probe = new Probe(version, clock);
  try {
    const alone = await probe.files({ kind: 'none' }, home).catch((error: unknown) => messageOf(error));
    if (typeof alone === 'string') {
      // Some containers allow every namespace but that of the network.
      const open = await probe.files({ kind: 'host' }, home).catch((error: unknown) => messageOf(error));
      return typeof open === 'string' ? nothing(open, version) : { ...nothing(alone, version), files: true };
    }
    const networkNone = alone.hasOwnNetwork;
    const nodePath = networkNone ? findNode() : null;
    const reached = nodePath === null ? false : await probe.allowList(nodePath).catch(() => false);
    const why = networkNone ? (reached ? null : 'no Node program runs inside a namespace') : 'no own network namespace';
    return { version, files: true, networkNone, allowList: reached, nodePath: reached ? nodePath : null, why };
  } finally {
    probe.remove();
  }
}

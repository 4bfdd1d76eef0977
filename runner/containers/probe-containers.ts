import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { type AttemptDir, makeAttemptDir } from '../work-dir.ts';
import { type ContainerPlan, createArgs, type Mount } from './container-args.ts';
import { type ContainerEngine, type EngineProgram, engineStep, removeArgs, startArgs } from './engine.ts';
import { emptyImage } from './probe-image.ts';

const TRY_LIMIT_MS = 30_000;
const IMAGE = 'localhost/connected-compute-probe:2';
const MEBIBYTE = 1024 * 1024;
const SYSTEM_FOLDERS = ['/bin', '/lib', '/lib64', '/usr'];
const TRIED_LIMITS = { memoryBytes: 64 * MEBIBYTE, processes: 64, cpuMilli: 500 };
const NAMES = ['podman', 'docker'] as const;

/** What was found; `why` says what kept every engine that is there from holding. */
export interface ContainerFinding {
  /** The first that holds. */
  engine: ContainerEngine | null;
  why: string | null;
}

/** Prints what it could do that it should not, and what it sees of its surroundings. */
const script = (canary: string): string => `
[ -e '${canary}' ] && echo leak:canary
(: >/cc-probe) 2>/dev/null && echo leak:root
(: >/usr/cc-probe) 2>/dev/null && echo leak:usr
(: >/proc/sys/kernel/core_pattern) 2>/dev/null && echo leak:sysctl
while read -r name value; do case $name in CapEff:|CapBnd:|NoNewPrivs:) echo "$name $value" ;; esac; done </proc/self/status
while IFS=: read -r name rest; do case $rest in *[0-9]*) echo "only" $name ;; esac; done </proc/net/dev
[ "$CC_PROBE" = 'a b' ] && echo told
echo own >own
exit 7
`;

const words = (error: unknown): string => messageOf(error).replace(/\.$/, '');

/** One engine, tried with real containers that are removed afterwards. */
class EngineProbe {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cc-containers-'));
  #count = 0;

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The first way in which the engine holds what it has to; throws the words of the last failure. */
  async find(name: ContainerEngine['name'], version: string): Promise<ContainerEngine> {
    let failure: unknown = null;
    for (const options of runtimesOf(name)) {
      try {
        await needProbeImage({ name, options });
      } catch (error) {
        failure = error;
        continue;
      }
      for (const userOptions of usersOf(name)) {
        for (const hasLimits of [true, false]) {
          const engine: ContainerEngine = { name, version, options, userOptions, hasLimits, hasAllowList: false };
          const trouble = await this.#try(engine).catch((error: unknown) => words(error));
          if (trouble === null) return engine;
          // The first way is the usual one: its words are the ones that help.
          failure ??= new Error(trouble);
        }
      }
    }
    throw failure;
  }

  /** Null when all of it held. */
  async #try(engine: ContainerEngine): Promise<string | null> {
    this.#count += 1;
    const dir = makeAttemptDir(this.#folder, 'probe', this.#count);
    const canary = join(this.#folder, 'canary');
    writeFileSync(canary, 'canary', { mode: 0o600 });
    const plan: ContainerPlan = {
      name: `cc-probe-${process.pid}-${this.#count}-${engine.name}`,
      dir,
      image: IMAGE,
      argv: ['/bin/sh', '-c', script(canary)],
      environment: {},
      limits: TRIED_LIMITS,
      mounts: SYSTEM_FOLDERS.filter((path) => existsSync(path)).map(
        (path): Mount => ({ source: path, target: path, isReadOnly: true }),
      ),
      more: ['--env', 'CC_PROBE=a b'],
    };
    const made = await engineStep(engine, createArgs(engine, plan), { limitMs: TRY_LIMIT_MS });
    if (made.code !== 0) return made.reason;
    try {
      const ran = await engineStep(engine, startArgs(engine, plan.name), {
        limitMs: TRY_LIMIT_MS,
      });
      if (ran.code !== 7) return ran.reason || `a container ended with ${ran.code}`;
      return faultOf(ran.stdout) ?? ownFileFault(dir);
    } finally {
      await engineStep(engine, removeArgs(engine, plan.name));
    }
  }
}

/** The runtime that is set, else runc: podman is often installed with one that this kernel does not suit. */
const runtimesOf = (name: EngineProgram['name']): string[][] =>
  name === 'podman' ? [[], ['--runtime', 'runc']] : [[]];

/** Files that a job writes must belong to this user; who that is inside depends on how the engine runs. */
function usersOf(name: EngineProgram['name']): string[][] {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const own = ['--user', `${uid}:${gid}`];
  if (uid === 0) return [own];
  return name === 'podman' ? [['--userns', 'keep-id', ...own], own] : [own, ['--user', '0:0']];
}

async function needProbeImage(program: EngineProgram): Promise<void> {
  const seen = await engineStep(program, ['image', 'inspect', '--format', '{{.Id}}', IMAGE], { limitMs: TRY_LIMIT_MS });
  if (seen.code === 0) return;
  const made = await engineStep(program, ['import', '-', IMAGE], { stdin: emptyImage(), limitMs: TRY_LIMIT_MS });
  if (made.code !== 0) throw new Error(made.reason);
}

function faultOf(said: string): string | null {
  const leak = /^leak:(.*)$/m.exec(said)?.[1];
  if (leak !== undefined) return `a container could reach what it should not (${leak})`;
  const found = (name: string) => [...said.matchAll(new RegExp(`^${name} +(.*)$`, 'gm'))].map((match) => match[1]);
  if (found('only').join() !== 'lo') return 'a container had a network';
  if (!/^0+$/.test(found('CapEff:').join()) || !/^0+$/.test(found('CapBnd:').join())) return 'a container kept rights';
  if (found('NoNewPrivs:').join() !== '1') return 'a container could gain rights';
  return said.includes('told') ? null : 'a container did not get its environment';
}

function ownFileFault({ work }: AttemptDir): string | null {
  const path = join(work, 'own');
  if (!existsSync(path) || readFileSync(path, 'utf8') !== 'own\n') return 'a container could not write its outputs';
  return statSync(path).uid === process.getuid?.() ? null : 'outputs of a container belong to another user';
}

/** The engine's own version; null where it is not installed. Throws why its daemon does not answer. */
async function versionOf(name: EngineProgram['name']): Promise<string | null> {
  const client = await engineStep({ name, options: [] }, ['--version'], { limitMs: TRY_LIMIT_MS });
  if (client.code !== 0) return null;
  const info = await engineStep({ name, options: [] }, ['info', '--format', '{{.ID}}{{.Host.Os}}'], {
    limitMs: TRY_LIMIT_MS,
  });
  const isUnreachable = /cannot connect|connection refused|permission denied|did not answer|is the docker daemon/i;
  if (info.code !== 0 && isUnreachable.test(info.reason)) throw new Error(info.reason);
  return /(\d+\.\d+(\.\d+)?)/.exec(client.stdout)?.[1] ?? 'unknown';
}

/**
 * Tries which container engine holds here, with real containers: network none, read-only root, no rights, work directory
 * writable. Linux only: on other systems containers run in a machine of their own, and that was never tried.
 */
export async function probeContainers(
  platform: NodeJS.Platform,
  names: readonly ContainerEngine['name'][] = NAMES,
): Promise<ContainerFinding> {
  if (platform !== 'linux') return { engine: null, why: 'containers were not tried on this platform' };
  const reasons: string[] = [];
  for (const name of names) {
    const probe = new EngineProbe();
    try {
      const version = await versionOf(name);
      if (version !== null) return { engine: await probe.find(name, version), why: null };
    } catch (error) {
      reasons.push(`${name}: ${words(error)}`);
    } finally {
      probe.remove();
    }
  }
  return { engine: null, why: reasons.join('; ') || 'neither podman nor docker is installed' };
}

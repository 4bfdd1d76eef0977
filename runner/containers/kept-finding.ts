import { accessSync, constants, readFileSync, rmSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Clock } from '../clock.ts';
import { writeWhole } from '../state-dir.ts';
import { RUNNER_VERSION } from '../version.ts';
import type { ContainerFinding } from './probe-containers.ts';

const KEPT_MS = 3_600_000;
const PROGRAMS = ['podman', 'docker', 'runc', 'crun', 'conmon'];
/** Where an engine finds its daemon and its storage. */
const SETTINGS = ['DOCKER_HOST', 'CONTAINER_HOST', 'XDG_RUNTIME_DIR', 'HOME'];

interface Kept {
  v: 1;
  wallMs: number;
  /** What the finding depends on, as it was then. */
  ground: string;
  finding: ContainerFinding;
}

/** The programs by which containers run, with size and time of change, and the settings that lead to them. */
function groundOf(env: Readonly<Record<string, string | undefined>>): string {
  const folders = (env.PATH ?? '').split(delimiter);
  const programs = PROGRAMS.map((name) => {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        const { mtimeMs, size } = statSync(path);
        return [path, mtimeMs, size];
      } catch {
        // Not here.
      }
    }
    return [name, null];
  });
  const settings = SETTINGS.map((name) => env[name] ?? null);
  return JSON.stringify([RUNNER_VERSION, process.getuid?.() ?? null, programs, settings]);
}

/**
 * The engine that was found to hold, kept in the state directory for an hour, because to try one takes a second of each
 * start. Only an engine that held is kept, and only as long as its programs and settings are the same.
 */
export class KeptFinding {
  constructor(
    private readonly path: string,
    private readonly clock: Clock,
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  /** The kept finding while it holds good, else what `probe` finds now. @param isFresh always tries. */
  async find(probe: () => Promise<ContainerFinding>, isFresh: boolean): Promise<ContainerFinding> {
    const ground = groundOf(this.env);
    const kept = isFresh ? null : this.#read(ground);
    if (kept !== null) return kept;
    const finding = await probe();
    try {
      if (finding.engine === null) rmSync(this.path, { force: true });
      else {
        const file: Kept = { v: 1, wallMs: this.clock.now().wallMs, ground, finding };
        writeWhole(this.path, JSON.stringify(file));
      }
    } catch {
      // A state directory that is not there yet or is full: the next start tries again.
    }
    return finding;
  }

  #read(ground: string): ContainerFinding | null {
    try {
      const kept = JSON.parse(readFileSync(this.path, 'utf8')) as Kept;
      const ageMs = this.clock.now().wallMs - kept.wallMs;
      const isGood = kept.v === 1 && kept.ground === ground && ageMs >= 0 && ageMs < KEPT_MS;
      return isGood && typeof kept.finding.engine?.name === 'string' ? kept.finding : null;
    } catch {
      // None, or one that is damaged.
      return null;
    }
  }
}

import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Limits } from '../containers/container-args.ts';
import type { CgroupPlace } from './cgroup-places.ts';

const REMOVE_TRIES = 50;
const REMOVE_PAUSE_MS = 20;

/** Files and values of the ceilings, by version. An optional one does not exist on every kernel. */
function ceilings({ version }: CgroupPlace, limits: Pick<Limits, 'memoryBytes' | 'processes'>) {
  const memory = String(limits.memoryBytes);
  return version === 2
    ? {
        memory: [
          ['memory.max', memory],
          ['memory.swap.max', '0', 'optional'],
          ['memory.oom.group', '1', 'optional'],
        ],
        processes: [['pids.max', String(limits.processes)]],
      }
    : {
        memory: [
          ['memory.limit_in_bytes', memory],
          ['memory.memsw.limit_in_bytes', memory, 'optional'],
        ],
        processes: [['pids.max', String(limits.processes)]],
      };
}

/** One control group of an attempt: all its processes, wherever they hide, under two ceilings. */
export class AttemptGroup {
  readonly #folders: string[];
  readonly #processes: string;

  private constructor(
    place: CgroupPlace,
    name: string,
    readonly limits: Pick<Limits, 'memoryBytes' | 'processes'>,
  ) {
    this.#processes = join(place.processes, name);
    this.#folders = [...new Set([join(place.memory, name), this.#processes])];
  }

  /** Throws the file system's error where the kernel does not let this runner make one; then nothing is left. */
  static make(place: CgroupPlace, name: string, limits: Pick<Limits, 'memoryBytes' | 'processes'>): AttemptGroup {
    const group = new AttemptGroup(place, name, limits);
    try {
      for (const folder of group.#folders) mkdirSync(folder);
      const files = ceilings(place, limits);
      for (const kind of ['memory', 'processes'] as const)
        for (const [file = '', value = '', isOptional] of files[kind]) {
          try {
            writeFileSync(join(place[kind], name, file), value, { flag: 'r+' });
          } catch (error) {
            if (isOptional === undefined) throw error;
          }
        }
      return group;
    } catch (error) {
      group.remove();
      throw error;
    }
  }

  /** One that an earlier process of this runner made, to be ended. */
  static left(place: CgroupPlace, name: string): AttemptGroup {
    return new AttemptGroup(place, name, { memoryBytes: 0, processes: 0 });
  }

  /** Files that name the processes of the group, and take them in. */
  get files(): string[] {
    return this.#folders.map((folder) => join(folder, 'cgroup.procs'));
  }

  /** Takes in a process with all that it will start. Call it before that process may start others. */
  join(pid: number): void {
    for (const file of this.files) writeFileSync(file, String(pid), { flag: 'r+' });
  }

  members(): number[] {
    const found = this.files.flatMap((file) => {
      try {
        return readFileSync(file, 'latin1').split('\n').filter(Boolean).map(Number);
      } catch {
        // The group is gone.
        return [];
      }
    });
    // Zero is a process of another namespace, which this one cannot name.
    return [...new Set(found)].filter((pid) => pid > 0 && pid !== process.pid);
  }

  /** Kills what is left and removes the group. Returns the ids of what could not be ended. */
  async end(clock: Clock): Promise<number[]> {
    this.#forbidForks();
    for (let i = 0; i < REMOVE_TRIES; i += 1) {
      for (const pid of this.members()) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // Gone between the look and the signal.
        }
      }
      if (this.remove()) return [];
      await clock.sleep(REMOVE_PAUSE_MS);
    }
    return this.members();
  }

  /** What cannot fork cannot outrun its end. */
  #forbidForks(): void {
    try {
      writeFileSync(join(this.#processes, 'pids.max'), '0', { flag: 'r+' });
    } catch {
      // The group is gone.
    }
  }

  /** Whether nothing of it is there any more; a group with processes stays. */
  remove(): boolean {
    let isGone = true;
    for (const folder of this.#folders) {
      try {
        rmdirSync(folder);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') isGone = false;
      }
    }
    return isGone;
  }
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type MachineSettings, machine, machineSettings, remoteId } from '../../contract/console.ts';
import { readPrivate, writePrivate } from '../private-file.ts';

const enrollment = machine.shape.enrollment.unwrap().extend({
  /** At which control plane it is enrolled; null: the one of this console. */
  remote_id: remoteId.nullable(),
});
export type Enrolled = z.infer<typeof enrollment>;
const kept = z.object({
  v: z.literal(1),
  wish: machine.shape.wish,
  settings: machineSettings,
  enrollment: enrollment.nullable(),
});
export type Kept = z.infer<typeof kept>;

const FRESH: MachineSettings = {
  capacity: 1,
  kinds: ['command', 'container'],
  work_dir: null,
  pause_on_battery: true,
  keep_awake: false,
  start_with_console: true,
};

/** What is kept of this machine between starts, and the folder in which everything of its runner stands. */
export class MachineStore {
  #now: Kept;

  /** @param dir absolute; removed whole when this machine is given up. */
  constructor(readonly dir: string) {
    this.#now = readPrivate(this.#file, kept) ?? { v: 1, wish: 'off', settings: FRESH, enrollment: null };
  }

  get #file(): string {
    return join(this.dir, 'machine.json');
  }
  get now(): Kept {
    return this.#now;
  }
  get stateDir(): string {
    return join(this.dir, 'state');
  }
  get workDir(): string {
    return this.#now.settings.work_dir ?? join(this.dir, 'work');
  }
  get pauseFile(): string {
    return join(this.dir, 'paused');
  }
  get credentialFile(): string {
    return join(this.dir, 'credential');
  }
  get logFile(): string {
    return join(this.dir, 'runner.log');
  }

  change(change: Partial<Omit<Kept, 'v'>>): void {
    const after = { ...this.#now, ...change };
    writePrivate(this.#file, after);
    this.#now = after;
  }

  /** Leaves nothing of the runner on this machine. Its folder in a chosen work folder goes; that folder itself stays. */
  clear(): void {
    const { enrollment: gone, settings } = this.#now;
    if (gone !== null && settings.work_dir !== null)
      rmSync(join(settings.work_dir, gone.enrollment_id), { recursive: true, force: true });
    rmSync(this.dir, { recursive: true, force: true });
    this.#now = { v: 1, wish: 'off', settings, enrollment: null };
  }
}

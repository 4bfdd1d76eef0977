import type { ExecutionEnd, JobProcesses } from '../executors/executor.ts';

/** The agent and every program that it runs now, as one: what is asked of the attempt reaches all of them. */
export class ProcessGroup implements JobProcesses {
  readonly #members = new Set<JobProcesses>();
  #isFrozen = false;
  #killGraceMs: number | null = null;
  /** Of programs that ended. */
  cpuMs = 0;
  readonly leftovers: number[] = [];

  /** One that comes late meets what was asked of the others. */
  add(member: JobProcesses): void {
    this.#members.add(member);
    if (this.#isFrozen) member.freeze();
    if (this.#killGraceMs !== null) void member.kill(this.#killGraceMs).catch(() => undefined);
  }

  remove(member: JobProcesses, end: ExecutionEnd): void {
    this.#members.delete(member);
    this.cpuMs += end.cpuMs ?? 0;
    this.leftovers.push(...end.leftovers);
  }

  freeze(): void {
    this.#isFrozen = true;
    for (const member of this.#members) member.freeze();
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const member of this.#members) member.thaw();
  }

  async kill(graceMs: number): Promise<number[]> {
    this.#killGraceMs = Math.min(this.#killGraceMs ?? graceMs, graceMs);
    return (await Promise.all([...this.#members].map((member) => member.kill(graceMs)))).flat();
  }

  /** Ends what is left; its trouble is told by each member's own end. */
  async end(graceMs: number): Promise<void> {
    await this.kill(graceMs).catch(() => undefined);
  }
}

import type { DemoChaos } from '../contract/demo.ts';
import { ProblemError } from '../contract/problems.ts';
import type { GrantedLease } from '../plane/grants.ts';
import type { Cast, Stage } from './stage.ts';

/** How long the work of a job takes a free runner, ms of virtual time. */
const WORK_MS = 40_000;
/** So many times longer on a slow disk. */
const SLOW_FACTOR = 4;

const BEGUN: Readonly<Record<DemoChaos, (name: string) => string>> = {
  kill: (name) => `${name} is killed. What it ran is gone with it, and nobody renews its lease.`,
  pause: (name) => `${name} is paused. It holds its work and knows nothing of the time that passes.`,
  partition: (name) => `${name} is cut off. It goes on working, but no renewal arrives.`,
  skew: (name) =>
    `The clock of ${name} is ten minutes ahead. The plane measures leases by its own clock: nothing moves.`,
  slow_disk: (name) =>
    `The disk of ${name} is slow. Its work takes ${SLOW_FACTOR} times as long; renewals go on apart from it.`,
};
const ENDED: Readonly<Record<DemoChaos, (name: string) => string>> = {
  kill: (name) => `${name} is started again, comes back with its key and asks for work.`,
  pause: (name) => `${name} goes on where it stood, as if no time had passed.`,
  partition: (name) => `${name} is connected again and sends what it could not.`,
  skew: (name) => `The clock of ${name} is right again.`,
  slow_disk: (name) => `The disk of ${name} is as fast as before.`,
};

/** A runner that nobody scripts: at each heartbeat it renews, works, reports and asks for more, as far as chaos lets it. */
export class FreeRunner {
  private readonly on = new Set<DemoChaos>();
  /** Work left on each lease, ms of virtual time on a fast disk. */
  private readonly leftMs = new Map<GrantedLease, number>();
  private sinceMs: number;

  constructor(
    private readonly stage: Stage,
    private readonly name: string,
    private readonly member: Cast,
  ) {
    this.sinceMs = stage.plane.clock.monoMs();
  }

  get kinds(): readonly DemoChaos[] {
    return [...this.on];
  }

  /** Begins or ends one kind of chaos; again the same changes nothing. */
  async set(kind: DemoChaos, isOn: boolean): Promise<void> {
    if (this.on.has(kind) === isOn) return;
    this.work();
    if (isOn) this.on.add(kind);
    else this.on.delete(kind);
    this.stage.say('story', (isOn ? BEGUN : ENDED)[kind](this.name));
    if (kind === 'kill' && isOn) {
      this.member.leases = [];
      this.leftMs.clear();
    }
    if (kind === 'kill' && !isOn) await this.asked(() => this.member.runner.comeBack());
    // What woke up does not know that time has passed: it first reports what it has done.
    if (!isOn) await this.live();
  }

  /** One heartbeat of its life. */
  async live(): Promise<void> {
    this.work();
    this.member.isSilent = this.on.has('kill') || this.on.has('pause') || this.on.has('partition');
    if (this.member.isSilent) return;
    await this.report();
    await this.renew();
    // The plane grants no more than there are free slots.
    this.member.leases.push(...((await this.asked(() => this.member.runner.claim())) ?? []));
    // Also what the script had claimed and not begun.
    for (const lease of this.member.leases)
      if (lease.lease.startedPlaneMs === null) await this.asked(() => this.member.runner.start(lease));
  }

  /** Takes the time since the last look off the work that is left. A paused or killed one does nothing. */
  private work(): void {
    const nowMs = this.stage.plane.clock.monoMs();
    const passedMs = this.on.has('pause') ? 0 : nowMs - this.sinceMs;
    this.sinceMs = nowMs;
    const doneMs = this.on.has('slow_disk') ? passedMs / SLOW_FACTOR : passedMs;
    for (const lease of this.member.leases) this.leftMs.set(lease, (this.leftMs.get(lease) ?? WORK_MS) - doneMs);
  }

  /** Completes what is done; one that lost its lease is refused, and drops the work. */
  private async report(): Promise<void> {
    for (const lease of [...this.member.leases]) {
      if (lease.lease.startedPlaneMs === null || (this.leftMs.get(lease) ?? WORK_MS) > 0) continue;
      await this.asked(() => this.member.runner.complete(lease));
      this.drop(lease);
    }
  }

  private async renew(): Promise<void> {
    const held = [...this.member.leases];
    const answers = await this.asked(() => this.member.runner.heartbeat(held));
    if (answers === null) return;
    for (const lease of held) {
      const answer = answers.find(({ lease_id: id }) => id === lease.lease.leaseId);
      if (answer?.state === 'active' && answer.directive === undefined) continue;
      // A runner that is told to stop ends the process and says so; one that lost its lease has nobody to tell.
      if (answer?.state === 'active') await this.asked(() => this.member.runner.complete(lease, 'canceled'));
      this.drop(lease);
    }
  }

  private drop(lease: GrantedLease): void {
    this.member.leases = this.member.leases.filter((each) => each !== lease);
    this.leftMs.delete(lease);
  }

  /** Null where the plane refused; its record tells why. */
  private async asked<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await this.stage.settle(call());
    } catch (error) {
      if (error instanceof ProblemError) return null;
      throw error;
    }
  }
}

import { createHash } from 'node:crypto';
import type { Posture } from '../../src-server/contract/source.ts';
import { leaseTiming } from '../../src-server/domain/leases/timing.ts';
import { calmDown, proveLiveness } from './liveness.ts';
import { Network } from './network.ts';
import { Operators } from './operators.ts';
import { Oracle } from './oracle.ts';
import { Pools } from './pools.ts';
import { SimulatedPlane, SimulationFailure } from './simulated-plane.ts';
import { SimulatedRunner } from './simulated-runner.ts';
import { type FaultCounts, START_WALL_MS, simulationRandom, World } from './world.ts';

/** Everything is recomputed from the log this often. */
const FULL_CHECK_STEPS = 100;
const SNAPSHOT_STEPS = 240;
/** The live plane ticks ten times as often; what falls due is the same. */
const TICK_MS = 1_000;
const RUNNERS_MAX = 6;
const TEN_YEARS_MS = 10 * 365 * 86_400_000;
/** A dead runner comes back twice as often as any one trouble strikes. */
const TROUBLES = [
  'partition',
  'runner_crash',
  'revive',
  'revive',
  'runner_pause',
  'plane_crash',
  'clock',
  'suspend',
  'disk_slow',
  'disk_full',
  'disk_failed',
] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface SimulationResult {
  seed: number;
  traceHash: string;
  entries: number;
  jobs: number;
  simulatedMs: number;
  faults: FaultCounts;
}

/** One world on one seed: the plane's core, its runners and its operators, and everything that can go wrong between them. */
export class Simulation {
  readonly world: World;
  readonly plane: SimulatedPlane;
  readonly network: Network;
  readonly oracle: Oracle;
  readonly operators: Operators;
  readonly pools: Pools;
  readonly runners: SimulatedRunner[] = [];
  /** Things that happened so far: a message that arrived, something a runner, an operator or a fault did, a tick. */
  step = 0;
  private readonly hash = createHash('sha256');
  private tickedMs = 0;

  constructor(
    readonly seed: number,
    trace: ((line: string) => void) | null = null,
    /** Kinds of trouble to draw from, and how often per step. */
    private readonly fate: { kinds: readonly Trouble[]; chance: number } = { kinds: TROUBLES, chance: 0.09 },
  ) {
    this.world = new World(simulationRandom(seed));
    this.world.trace = trace;
    const ttlMs = this.world.pick([5_000, 12_000, 60_000]);
    this.plane = new SimulatedPlane(this.world, seed, ttlMs);
    this.network = new Network(this.world);
    this.oracle = new Oracle(this.plane);
    this.plane.onForget = (nextSeq) => this.oracle.forgetAfter(nextSeq);
    this.operators = new Operators(this.world, this.plane, this.oracle);
    this.pools = new Pools(this.world, this.plane);
  }

  async run(steps: number): Promise<SimulationResult> {
    const { world, plane } = this;
    await plane.start();
    this.pools.create();
    for (let n = 0; n < 4; n++) await this.addRunner(n >= 3 || world.chance(0.3));
    let checkedStep = 0;
    let savedStep = 0;
    while (this.step < steps) {
      await this.advance(this.pace());
      if (world.chance(0.3)) this.operators.act();
      if (world.chance(0.02)) this.pools.act();
      if (world.chance(this.fate.chance)) await this.trouble();
      this.step++;
      await plane.settle();
      const isUnlucky = plane.disk.log.isHolding && world.chance(0.03);
      if (plane.hasStopped || !plane.isUp || isUnlucky) await this.restart();
      if (this.step >= savedStep + SNAPSHOT_STEPS) {
        savedStep = this.step;
        plane.takeSnapshot();
      }
      if (this.step >= checkedStep + FULL_CHECK_STEPS) {
        checkedStep = this.step;
        this.checkAll();
      }
      if (this.runners.length < RUNNERS_MAX && world.chance(0.004)) await this.addRunner(world.chance(0.4));
    }
    this.checkAll();
    await calmDown(this);
    await proveLiveness(this);
    this.checkAll();
    return {
      seed: this.seed,
      traceHash: this.hash.digest('hex'),
      entries: plane.entries.length,
      jobs: plane.fold.world.jobs.size,
      simulatedMs: world.nowMs,
      faults: world.faults,
    };
  }

  /** Moves real time on, each event in it a step of its own: messages arrive, runners act, the plane ticks, each at its moment. */
  async advance(ms: number): Promise<void> {
    const { world, plane, network } = this;
    const untilMs = world.nowMs + ms;
    for (;;) {
      // After a sleep of the machine there is one late tick, not all that were missed.
      let nextMs = Math.min(network.nextMs, Math.max(world.nowMs, this.tickedMs + TICK_MS));
      for (const runner of this.runners) nextMs = Math.min(nextMs, runner.nextActMs);
      if (nextMs > untilMs) break;
      world.nowMs = Math.max(world.nowMs, nextMs);
      plane.disk.step();
      let isBusy = false;
      while (network.nextMs <= world.nowMs) {
        network.deliver();
        this.step++;
        isBusy = true;
      }
      for (const runner of this.runners) {
        if (runner.nextActMs > world.nowMs) continue;
        runner.act();
        this.step++;
      }
      if (world.nowMs >= this.tickedMs + TICK_MS) {
        this.tick();
        isBusy = true;
      }
      if (isBusy) await plane.settle();
    }
    world.nowMs = untilMs;
    this.tick();
    await plane.settle();
  }

  tick(): void {
    const { plane } = this;
    this.tickedMs = this.world.nowMs;
    this.step++;
    plane.disk.step();
    plane.clock.runDue();
    plane.workspace?.tick();
  }

  checkAll(): void {
    const { plane } = this;
    plane.checkAll();
    this.oracle.check();
    this.checkSilence();
    if (plane.workspace !== null) this.hash.update(`${this.step} ${plane.workspace.engine.state.head.root}\n`);
  }

  /** Nobody keeps a lease in silence: one fresh time may follow its own, and no more. */
  private checkSilence(): void {
    const { workspace } = this.plane;
    if (workspace?.status !== 'open') return;
    for (const lease of workspace.engine.hot.leases.values()) {
      const silentMs = workspace.engine.clock.monoMs() - lease.lastRenewalMs;
      if (silentMs > 2 * leaseTiming(lease.ttlMs).takeOverMs + 2 * TICK_MS)
        throw new SimulationFailure([
          {
            invariant: 'I30',
            seq: lease.grantedSeq,
            detail: `${lease.leaseId} lives on after ${silentMs} ms of silence`,
          },
        ]);
    }
  }

  async addRunner(isManaged: boolean, over: Partial<SimulatedRunner['hardware']> = {}): Promise<SimulatedRunner> {
    const { world, plane, network, oracle } = this;
    const n = this.runners.length;
    const posture: Posture = world.chance(0.5) ? { files: 'confined', network: ['none', 'allow_list'] } : {};
    const hardware = {
      cpuCount: world.pick([2, 4, 16]),
      memoryGib: world.pick([8, 32]),
      gpu: world.chance(0.15),
      capacity: world.between(1, 3),
      posture,
      ...over,
    };
    const name = `runner-${n}`;
    const runner = new SimulatedRunner(world, plane, network, oracle, name, n, hardware);
    this.runners.push(runner);
    if (isManaged && world.chance(0.7)) {
      // It registers with a token as soon as it acts.
      runner.poolToken = () => this.pools.anyToken();
      return runner;
    }
    const labels = world.pick([{}, { os: 'linux' }, { os: 'linux', region: 'eu' }]);
    const kind = isManaged ? 'managed_pool' : 'laptop';
    this.operators.enroll(name, { kind, labels, capacity: hardware.capacity }, (issued) => void runner.connect(issued));
    await plane.settle();
    return runner;
  }

  /** Time between two steps, mostly short, now and then long. */
  private pace(): number {
    const { world } = this;
    if (world.chance(0.005)) return world.between(60_000, 400_000);
    return world.chance(0.03) ? world.between(3_000, 30_000) : world.between(10, 900);
  }

  private async trouble(): Promise<void> {
    const { world, plane } = this;
    const runner = world.pick(this.runners);
    const ttlMs = plane.fold.world.leaseTtlMs;
    switch (world.pick(this.fate.kinds)) {
      case 'partition':
        world.fault('partition');
        runner.partitionedUntilMs = world.nowMs + world.between(1_000, ttlMs * 3);
        if (world.chance(0.5)) plane.workspace?.abandonClaim(runner.sessionId);
        return;
      case 'runner_crash':
        world.fault('runner_crash');
        if (runner.isAlive) runner.crash();
        return;
      case 'revive':
        for (const dead of this.runners) if (!dead.isAlive) dead.revive();
        return;
      case 'runner_pause':
        world.fault('runner_pause');
        runner.frozenUntilMs = world.nowMs + world.between(ttlMs, ttlMs * 3);
        return;
      case 'plane_crash':
        if (world.chance(0.4)) await this.restart();
        return;
      case 'clock':
        return this.jumpClock();
      case 'suspend':
        world.fault('suspend');
        plane.clock.suspend(world.between(1_000, 4 * 3_600_000));
        return;
      case 'disk_slow':
        return plane.disk.slow(world.between(100, 20_000));
      case 'disk_full':
        if (world.chance(0.3)) plane.disk.fill(world.between(100, 10_000));
        return;
      case 'disk_failed':
        if (world.chance(0.15)) plane.disk.breakNext();
    }
  }

  /** The wall clock is set. Nothing but a note of it may come of that. */
  private async jumpClock(): Promise<void> {
    const { world, plane } = this;
    this.tick();
    await plane.settle();
    const isSmall = world.chance(0.5);
    world.fault(isSmall ? 'clock_small' : 'clock_large');
    const size = isSmall ? world.between(1_000, 60_000) : world.between(3_600_000, TEN_YEARS_MS);
    const moved = world.wallOffsetMs + (world.chance(0.5) ? size : -size);
    world.wallOffsetMs = Math.min(START_WALL_MS + TEN_YEARS_MS, Math.max(START_WALL_MS - TEN_YEARS_MS, moved));
    if (plane.workspace?.status !== 'open') return;
    const before = plane.workspace.engine.nextSeq;
    plane.workspace.tick();
    for (const entry of plane.entries.slice(before))
      for (const { type } of entry.events)
        if (type !== 'time.jumped')
          throw new SimulationFailure([
            { invariant: 'I33', seq: entry.seq, detail: `a clock jump alone made ${type}` },
          ]);
  }

  private async restart(): Promise<void> {
    const { world, plane } = this;
    const cut = plane.isUp ? plane.crash() : null;
    world.nowMs += world.between(50, 20_000);
    this.hash.update(`restart ${plane.disk.log.headHash}\n`);
    await plane.start(cut);
    this.tickedMs = world.nowMs;
    for (const runner of this.runners) if (runner.isAlive && runner.isConnected && world.chance(0.6)) runner.comeBack();
    await plane.settle();
  }
}

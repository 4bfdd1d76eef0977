import type { Clock, Timers } from '../../src-server/plane/clock.ts';
import type { Random } from '../../src-server/plane/random.ts';

/** Kinds of trouble that a run makes; each must have happened over a set of seeds. */
export const FAULT_KINDS = [
  'drop_request',
  'drop_reply',
  'delay',
  'duplicate',
  'reorder',
  'partition',
  'runner_crash',
  'runner_pause',
  'plane_crash',
  'lost_lines',
  'torn_tail',
  'clock_small',
  'clock_large',
  'suspend',
  'disk_slow',
  'disk_full',
  'disk_failed',
  'repeated_call',
  'pool_token_revoked',
  'seat_ended',
  'registered_again',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];
export type FaultCounts = Record<FaultKind, number>;
export const noFaults = (): FaultCounts =>
  Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as unknown as FaultCounts;

/** 2026-10-14T10:00:00Z. */
export const START_WALL_MS = 1_791_972_000_000;

/** A seeded generator (mulberry32), quick enough for salts and ids in a hot loop. */
export function simulationRandom(seed: number): Random {
  let a = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  const word = (): number => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  return {
    unit: () => word() / 4294967296,
    integer: (limit) => Math.floor((word() / 4294967296) * limit),
    bytes(count) {
      const bytes = Buffer.allocUnsafe(count);
      let at = 0;
      for (; at + 4 <= count; at += 4) bytes.writeUInt32LE(word(), at);
      for (; at < count; at++) bytes[at] = word() & 255;
      return bytes;
    },
  };
}

/** Real time of the whole world, as no machine in it can see it. */
export class World {
  nowMs = 0;
  /** Wall clock of the plane's machine, apart from real time. */
  wallOffsetMs = START_WALL_MS;
  readonly faults = noFaults();
  trace: ((line: string) => void) | null = null;

  constructor(readonly random: Random) {}

  fault(kind: FaultKind): void {
    this.faults[kind]++;
    this.trace?.(`fault ${kind}`);
  }
  chance(probability: number): boolean {
    return this.random.unit() < probability;
  }
  /** Uniform integer in [low, high]. */
  between(low: number, high: number): number {
    return low + this.random.integer(high - low + 1);
  }
  pick<T>(items: readonly T[]): T {
    return items[this.random.integer(items.length)] as T;
  }
}

interface Due {
  atMs: number;
  run: () => void;
}

/** Clocks and timers of one start of the plane; they die with it. */
export class PlaneClock implements Clock, Timers {
  isDead = false;
  private readonly bootedMs: number;
  private suspendedMs = 0;
  private due: Due[] = [];
  private turn: (() => void)[] = [];

  constructor(private readonly world: World) {
    this.bootedMs = world.nowMs;
  }

  monoMs(): number {
    return this.world.nowMs - this.bootedMs - this.suspendedMs;
  }
  wallMs(): number {
    return this.world.nowMs + this.world.wallOffsetMs;
  }
  /** The machine sleeps: real time goes on, the monotonic clock stands still. */
  suspend(ms: number): void {
    this.suspendedMs += ms;
    this.world.nowMs += ms;
  }
  after(ms: number, run: () => void): () => void {
    const item = { atMs: this.monoMs() + ms, run };
    this.due.push(item);
    return () => {
      this.due = this.due.filter((d) => d !== item);
    };
  }
  every(): () => void {
    throw new Error('the simulation ticks by itself');
  }
  soon(run: () => void): void {
    this.turn.push(run);
  }
  /** Runs the timers whose moment has come, in order. */
  runDue(): void {
    const nowMs = this.monoMs();
    const ready = this.due.filter((d) => d.atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
    if (ready.length === 0) return;
    this.due = this.due.filter((d) => d.atMs > nowMs);
    for (const { run } of ready) run();
  }
  /** Ends the turn: runs what was put off to it. @returns true when there was something. */
  runTurn(): boolean {
    if (this.turn.length === 0 || this.isDead) return false;
    const turn = this.turn;
    this.turn = [];
    for (const run of turn) run();
    return true;
  }
}

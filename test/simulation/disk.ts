import { LogError } from '../../src-server/ledger/errors.ts';
import { type AppendFate, MemoryLog } from '../../src-server/ledger/memory-log.ts';
import type { World } from './world.ts';

/** The disk of the plane's machine: slow, full or broken when a fault says so. */
export class Disk {
  log: MemoryLog;
  private slowUntilMs = -1;
  private holdUntilMs = -1;
  private fullUntilMs = -1;
  private isBreaking = false;
  private inFlight: readonly Buffer[] = [];
  /** No fault while a plane starts, so that each start ends. */
  isCalm = true;

  constructor(private readonly world: World) {
    this.log = new MemoryLog({ fate: (_seq, lines) => this.fate(lines) });
  }

  get isFull(): boolean {
    return this.world.nowMs < this.fullUntilMs;
  }
  slow(ms: number): void {
    this.slowUntilMs = this.world.nowMs + ms;
  }
  fill(ms: number): void {
    this.fullUntilMs = this.world.nowMs + ms;
  }
  /** The next append fails for good. */
  breakNext(): void {
    this.isBreaking = true;
  }
  heal(): void {
    this.slowUntilMs = -1;
    this.holdUntilMs = -1;
    this.fullUntilMs = -1;
    this.isBreaking = false;
    if (this.log.isHolding) this.log.settle();
  }
  /** A slow write ends when its time has come. */
  step(): void {
    if (this.log.isHolding && this.world.nowMs >= this.holdUntilMs) this.log.settle();
  }
  probe(): Promise<void> {
    return this.isFull ? Promise.reject(new LogError('storage.full', 'no space')) : Promise.resolve();
  }

  /** Power goes: what was being written is there whole, in part, or not at all. @returns what recovery cut. */
  crash(): { cut_bytes: number; cut_lines: number } {
    const { world } = this;
    const held = this.log.isHolding ? this.inFlight : [];
    const kept = held.length === 0 ? 0 : world.between(0, held.length);
    const torn = kept < held.length && world.chance(0.5) ? world.between(1, (held[kept] as Buffer).length) : 0;
    if (kept < held.length) world.fault('lost_lines');
    if (torn > 0) world.fault('torn_tail');
    const { log, cut } = this.log.crash(kept, torn);
    this.log = log;
    this.isBreaking = false;
    return cut;
  }

  private fate(lines: readonly Buffer[]): AppendFate {
    this.inFlight = lines;
    if (this.isCalm) return 'durable';
    if (this.isBreaking) {
      this.isBreaking = false;
      this.world.fault('disk_failed');
      return 'storage.failed';
    }
    if (this.isFull) {
      this.world.fault('disk_full');
      return 'storage.full';
    }
    if (this.world.nowMs >= this.slowUntilMs) return 'durable';
    this.world.fault('disk_slow');
    this.holdUntilMs = this.world.nowMs + this.world.between(5, 3_000);
    return 'hold';
  }
}

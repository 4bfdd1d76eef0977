import { TimerHeap } from '../claims/timers.ts';
import type { Pace } from './history.ts';

type Own = 'end' | 'look';
export type Wait = 'fallback' | 'ready' | 'queue_limit' | 'answer';
/** In one millisecond the plane looks first, then attempts end, then what the log tells comes. */
const orderOf = (atMs: number, kind: Own): number => atMs * 2 + (kind === 'end' ? 1 : 0);

/** What is to come of itself in a run: ends of attempts, and what the plane looks at, at its next tick or review. */
export class Agenda {
  private readonly due = new TimerHeap<Own>();
  private readonly waits = new TimerHeap<Wait>();
  private readonly looks = new Set<number>();

  constructor(
    private readonly pace: Pace,
    private readonly toMs: number,
  ) {}

  /** The next end or look until a moment. */
  take(untilMs: number): { atMs: number; kind: Own; seq: number } | undefined {
    const next = this.due.takeDue(orderOf(untilMs, 'end'));
    if (next === undefined) return undefined;
    const atMs = Math.floor(next.dueMs / 2);
    if (next.kind === 'look') this.looks.delete(atMs);
    return { atMs, kind: next.kind, seq: Number(next.id) };
  }

  end(atMs: number, seq: number): void {
    this.due.set(orderOf(atMs, 'end'), 'end', String(seq));
  }

  /** The plane looks at this job at its first tick after a moment. */
  arm(atMs: number, kind: Wait, seq: number): void {
    const { phaseMs, tickMs, slackMs } = this.pace;
    const dueMs = atMs + slackMs;
    this.waits.set(dueMs, kind, String(seq));
    this.lookAt(phaseMs + Math.ceil((dueMs - phaseMs) / tickMs) * tickMs);
  }

  /** The next wait that is over. */
  takeWait(nowMs: number): { kind: Wait; seq: number } | undefined {
    const wait = this.waits.takeDue(nowMs);
    return wait === undefined ? undefined : { kind: wait.kind, seq: Number(wait.id) };
  }

  /** Something happened: the next review has something to look at. */
  review(nowMs: number): void {
    const { phaseMs, reviewMs } = this.pace;
    this.lookAt(phaseMs + (Math.floor((nowMs - phaseMs) / reviewMs) + 1) * reviewMs);
  }

  isReview(nowMs: number): boolean {
    return (nowMs - this.pace.phaseMs) % this.pace.reviewMs === 0;
  }

  private lookAt(atMs: number): void {
    if (atMs > this.toMs || this.looks.has(atMs)) return;
    this.looks.add(atMs);
    this.due.set(orderOf(atMs, 'look'), 'look', '');
  }
}

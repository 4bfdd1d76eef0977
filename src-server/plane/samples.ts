import { oldestQueued } from '../state/queries/jobs.ts';
import type { Engine } from './engine.ts';

/** Distance of two samples, ms. */
export const SAMPLE_EVERY_MS = 30_000;
const SAMPLES_KEPT = 120;

/** Figures over time for the sparks of the overview; volatile, from this start on. */
export class Samples {
  readonly active: number[] = [];
  readonly queued: number[] = [];
  readonly oldestWaitMs: number[] = [];
  readonly refusals: number[] = [];
  private takenMs = Number.NEGATIVE_INFINITY;
  private refusedBefore = 0;

  take(engine: Engine): void {
    const nowMs = engine.clock.monoMs();
    if (nowMs - this.takenMs < SAMPLE_EVERY_MS) return;
    this.takenMs = nowMs;
    const refused = engine.hot.jobCounts.get('refused') ?? 0;
    const oldest = oldestQueued(engine.state.db);
    this.push(this.active, engine.hot.leases.size);
    this.push(this.queued, engine.hot.jobCounts.get('queued') ?? 0);
    this.push(this.oldestWaitMs, oldest === undefined ? 0 : Math.max(0, engine.planeMs - oldest.queuedPlaneMs));
    this.push(this.refusals, Math.max(0, refused - this.refusedBefore));
    this.refusedBefore = refused;
  }

  private push(series: number[], value: number): void {
    series.push(value);
    if (series.length > SAMPLES_KEPT) series.shift();
  }
}

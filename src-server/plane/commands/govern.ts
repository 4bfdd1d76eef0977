import { openJobs } from '../../state/queries/jobs.ts';
import { loadWaitingJobs } from '../../state/queries/load.ts';
import type { Engine } from '../engine.ts';
import { offerToAsks } from '../placing.ts';
import { armWaiting } from '../ready.ts';
import { cancelRow } from './cancel-job.ts';
import type { Actor, CommandContext } from './context.ts';

/** Fills the heads from the state: at the start, and when a new policy moves the sides. */
export function arrangeQueue(engine: Engine): void {
  const { hot } = engine;
  hot.queue.clearHeads();
  hot.budgets.lots.clear();
  hot.fallbackDue.clear();
  const planeMs = engine.planeMs;
  for (const job of loadWaitingJobs(engine.state.db)) {
    if (job.state === 'queued') {
      if (job.readyPlaneMs > planeMs)
        hot.timers.set(engine.clock.monoMs() + job.readyPlaneMs - planeMs, 'job.ready', String(job.seq));
      else hot.queue.ready(job);
    }
    armWaiting(engine, job);
  }
}

/** No grants until `resume`; running work goes on. */
export function setPaused(ctx: CommandContext, actor: Actor, paused: boolean, reason: string | null): void {
  const { engine } = ctx;
  if (engine.state.head.config.paused === paused) return;
  engine.emit(actor, [{ type: 'config.changed', body: { paused, reason } }]);
  if (!paused) offerToAsks(engine);
}

/** Pauses and cancels every job that is not over. @returns how many were canceled or asked to stop. */
export function stopEverything(ctx: CommandContext, actor: Actor, reason: string | null): number {
  setPaused(ctx, actor, true, reason);
  const jobs = openJobs(ctx.engine.state.db);
  for (const job of jobs) cancelRow(ctx, actor, job, reason ?? 'stop everything');
  return jobs.length;
}

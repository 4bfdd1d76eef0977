import type { OpenedWindow, PlaneEvent } from '../../contract/events.ts';
import { turnedWindows } from '../../domain/budgets/windows.ts';
import type { EntryActor } from '../../ledger/entry.ts';
import { heldFor, queuedGroups, seqsOfGroup } from '../../state/queries/budgets.ts';
import { type Engine, PLANE_ACTOR } from '../engine.ts';
import { dispatch, offerToAsks } from '../placing.ts';
import { becomeReady } from '../ready.ts';
import { callBack } from './call-back.ts';
import { standingOf } from './judge-job.ts';
import { refuseForBudget } from './refuse.ts';

/** Windows that are over by the wall clock, with what follows them. */
export function windowsDue(engine: Engine): OpenedWindow[] {
  const { windows } = engine.hot.budgets;
  return turnedWindows(windows, engine.clock.wallMs(), engine.state.head.config.timeZone).map(({ window, span }) => ({
    window,
    starts_ms: span.startsMs,
    ends_ms: span.endsMs,
  }));
}

/** Opens the windows whose time has come. Cheap while none has. */
export function turnWindows(engine: Engine): void {
  const { windows } = engine.hot.budgets;
  const wallMs = engine.clock.wallMs();
  if (
    windows.day !== null &&
    wallMs < windows.day.endsMs &&
    wallMs < (windows.week?.endsMs ?? 0) &&
    wallMs < (windows.month?.endsMs ?? 0)
  )
    return;
  engine.emit(PLANE_ACTOR, [{ type: 'budget.windows_opened', body: { windows: windowsDue(engine) } }]);
}

/** Hands out what a release made room for, to those who ask now. */
export function offerFreed(engine: Engine): void {
  for (const job of callBack(engine)) dispatch(engine, job);
}

/** What time and room do for jobs that a budget keeps, at each review. */
export function reviewBudgets(engine: Engine): void {
  const { budgets } = engine.hot;
  if (budgets.isHeldDue) {
    budgets.isHeldDue = false;
    for (const seq of releaseHeld(engine, PLANE_ACTOR)) becomeReady(engine, seq);
  }
  if (budgets.lots.isDue) offerFreed(engine);
}

/** Judges every job again that waits or is held, after a change of limits or rates, before anybody gets one. */
export function judgeAgain(engine: Engine, actor: EntryActor, arrange: () => void): void {
  const { budgets, queue } = engine.hot;
  budgets.lots.clear();
  for (const group of queuedGroups(engine.state.db)) {
    const standing = standingOf(engine, group, queue.bucket(group.bucket));
    if (!standing.isRefused) continue;
    for (const seq of seqsOfGroup(engine.state.db, group)) refuseForBudget(engine, engine.jobAt(seq), standing);
  }
  releaseHeld(engine, actor);
  arrange();
  offerToAsks(engine);
}

/** Jobs that are held for budget and would no longer be refused are queued again. @returns their sequences. */
function releaseHeld(engine: Engine, actor: EntryActor): number[] {
  const released: number[] = [];
  for (const seq of heldFor(engine.state.db, 'budget')) {
    const job = engine.jobAt(seq);
    if (standingOf(engine, job, engine.hot.queue.bucket(job.bucket)).isRefused) continue;
    const moved: PlaneEvent = {
      type: 'job.state',
      body: { job_id: job.jobId, state: 'queued', hold: null, reason: null, sentence: 'Its budget has room again.' },
    };
    engine.emit(actor, [moved], {}, job);
    released.push(seq);
  }
  return released;
}

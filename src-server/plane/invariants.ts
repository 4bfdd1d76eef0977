import { verifyChain } from '../ledger/chain.ts';
import { decodeEntry } from '../ledger/entry.ts';
import type { LogPort } from '../ledger/log-port.ts';
import type { AppliedEntry } from '../state/entry-view.ts';
import type { State } from '../state/state.ts';
import { compareUse } from './check/compare-budgets.ts';
import { compareJobNow, compareLease, compareSource } from './check/compare-rows.ts';
import { compareWorld } from './check/compare-world.ts';
import type { Violation } from './check/folded-rows.ts';
import { LogFold } from './check/log-fold.ts';
import { reporter } from './check/report.ts';
import type { Engine } from './engine.ts';
import type { Hot } from './hot/hot.ts';

/**
 * Recomputes everything from the log and compares it with a state and a memory: `doctor --deep`, and the end of a
 * simulation. Reads only; what it finds first stands first.
 */
export function checkState(log: LogPort, state: State, hot: Hot): Violation[] {
  const { fault } = verifyChain(log.read(0));
  if (fault !== null) return [{ invariant: 'I26', seq: fault.seq, detail: fault.reason }];
  const fold = new LogFold();
  for (const { line } of log.read(0)) fold.apply(decodeEntry(line) as unknown as AppliedEntry);
  return [...fold.violations, ...compareWorld(fold.world, state, hot)];
}

/**
 * As `checkState` for a living workspace, with the entries that are not on disk yet.
 * @param entries every entry so far where the caller kept them; read from the log otherwise.
 */
export function checkAll(engine: Engine, entries?: readonly AppliedEntry[]): Violation[] {
  const fold = new LogFold();
  for (let seq = 0; seq < engine.nextSeq; seq++)
    fold.apply(entries?.[seq] ?? (engine.entry(seq) as unknown as AppliedEntry));
  return [...fold.violations, ...compareWorld(fold.world, engine.state, engine.hot)];
}

/**
 * Folds one more entry and compares only the rows that it touched; cheap enough for every step of a simulation.
 * @param fold has folded every entry before this one.
 */
export function checkTouched(engine: Engine, fold: LogFold, entry: AppliedEntry): Violation[] {
  const violations = fold.apply(entry);
  const report = reporter(violations, entry.seq);
  const { world } = fold;
  const { head } = engine.state;
  if (head.nextSeq !== world.nextSeq || head.fence !== world.fence || head.planeMs !== world.planeMs)
    report('I25', `the head is at ${head.nextSeq}/${head.fence}/${head.planeMs}`);
  const { job: jobId, source: sourceId } = entry.ref;
  const job = jobId === undefined ? undefined : world.jobs.get(String(jobId));
  if (job !== undefined) compareJobNow(report, engine.state, job);
  const touched = new Set<string>(sourceId === undefined ? [] : [String(sourceId)]);
  for (const { type, body } of entry.events) {
    if (type === 'budget.held' || type === 'budget.settled') compareUse(report, world, engine.hot, body.scope);
    if (!type.startsWith('lease.')) continue;
    const lease = world.leases.get((body as { lease_id: string }).lease_id);
    if (lease === undefined) continue;
    compareLease(report, engine.hot, lease);
    touched.add(lease.sourceId);
  }
  for (const id of touched) {
    const source = world.sources.get(id);
    if (source !== undefined) compareSource(report, engine.hot, source);
  }
  return violations;
}

import type { EventBodies, PlaneEvent } from '../../contract/events.ts';
import type { AppliedEntry } from '../../state/entry-view.ts';
import { approvalFolds } from './fold-approvals.ts';
import { budgetFolds } from './fold-budgets.ts';
import { evidenceFolds } from './fold-evidence.ts';
import { fleetFolds } from './fold-fleet.ts';
import { jobFolds } from './fold-jobs.ts';
import { leaseFolds } from './fold-leases.ts';
import { poolFolds } from './fold-pools.ts';
import { sdkFolds } from './fold-sdk.ts';
import { usageFolds } from './fold-usage.ts';
import { emptyWorld, type FoldedWorld, type Violation } from './folded-rows.ts';

/** What a fold of one event works with. */
export interface FoldContext {
  world: FoldedWorld;
  entry: AppliedEntry;
  /** Reports a broken promise at this entry. */
  fail(invariant: string, detail: string): void;
  /** The first event of a type in the same entry. */
  sibling<T extends keyof EventBodies>(type: T): EventBodies[T] | undefined;
  siblings<T extends keyof EventBodies>(type: T): EventBodies[T][];
}
export type Folds = {
  [T in keyof EventBodies]?: (body: EventBodies[T], context: FoldContext) => void;
};

const FOLDS: Folds = {
  ...jobFolds,
  ...approvalFolds,
  ...leaseFolds,
  ...fleetFolds,
  ...poolFolds,
  ...budgetFolds,
  ...evidenceFolds,
  ...sdkFolds,
  ...usageFolds,
};

/**
 * Tells the story of a log a second time, in plain maps and by the domain's rules alone: it shares no code with the
 * appliers, so that what both agree on is right twice. Every promise about a single step is judged as it is folded.
 */
export class LogFold {
  readonly world = emptyWorld();
  readonly violations: Violation[] = [];

  /** Folds the next entry. @returns what it broke, which is also kept in `violations`. */
  apply(entry: AppliedEntry): Violation[] {
    const { world } = this;
    const before = this.violations.length;
    const fail = (invariant: string, detail: string): void =>
      void this.violations.push({ invariant, seq: entry.seq, detail });
    if (entry.seq !== world.nextSeq) fail('I26', `entry ${entry.seq} where ${world.nextSeq} was expected`);
    const { ws } = entry as AppliedEntry & { ws?: string };
    world.ws ??= ws ?? null;
    if (ws !== undefined && ws !== world.ws) fail('I32', `an entry of ${ws} in the log of ${world.ws}`);
    if (entry.boot === world.boot) {
      if (entry.mono < world.mono) fail('I26', `mono goes back from ${world.mono} to ${entry.mono}`);
      world.planeMs += Math.max(0, entry.mono - world.mono);
    } else world.passedOver.clear();
    world.boot = entry.boot;
    world.mono = entry.mono;
    world.nextSeq = entry.seq + 1;
    checkOneJob(entry, fail);
    const context: FoldContext = {
      world,
      entry,
      fail,
      sibling: (type) => bodiesOf(entry, type)[0],
      siblings: (type) => bodiesOf(entry, type),
    };
    for (const event of entry.events) foldEvent(event, context);
    foldKey(context);
    return this.violations.slice(before);
  }
}

const bodiesOf = <T extends keyof EventBodies>(entry: AppliedEntry, type: T): EventBodies[T][] =>
  entry.events.filter((e) => e.type === type).map((e) => e.body as unknown as EventBodies[T]);

function foldEvent(event: PlaneEvent, context: FoldContext): void {
  const fold = FOLDS[event.type] as ((body: unknown, context: FoldContext) => void) | undefined;
  fold?.(event.body, context);
}

/** An entry speaks of one job at most, so that a tear never splits an outcome. */
function checkOneJob(entry: AppliedEntry, fail: FoldContext['fail']): void {
  let jobId: string | null = null;
  for (const { body } of entry.events) {
    const id = (body as { job_id?: string | null }).job_id ?? null;
    if (id === null) continue;
    if (jobId !== null && id !== jobId) fail('I25', `the entry speaks of ${jobId} and of ${id}`);
    jobId = id;
  }
}

/** One key, one request, one effect; a claim may have several grants, all of its own session. */
function foldKey({ world, entry, fail }: FoldContext): void {
  const { idem, request } = entry.ref;
  if (idem === undefined) return;
  const kind = entry.events.some((e) => e.type === 'lease.granted') ? `claim by ${entry.actor.id}` : 'single';
  const known = world.keys.get(String(idem));
  if (known === undefined) {
    world.keys.set(String(idem), { request: String(request), seqs: [entry.seq], kind });
    return;
  }
  if (known.request !== String(request)) fail('I24', `key ${idem} stands for two requests`);
  if (kind === 'single' || known.kind !== kind) fail('I24', `key ${idem} had an effect at ${known.seqs[0]} already`);
  known.seqs.push(entry.seq);
}

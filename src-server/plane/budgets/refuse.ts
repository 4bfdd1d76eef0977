import type { BudgetRefusal, PlaneEvent } from '../../contract/events.ts';
import type { BudgetVerdict, Shortfall } from '../../domain/budgets/judge.ts';
import { heldSentence, refusedSentence } from '../../domain/budgets/words.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import { type Engine, PLANE_ACTOR } from '../engine.ts';
import { shortCandidates } from './candidates.ts';
import { checkOf, type Standing } from './judge-job.ts';

/**
 * Refuses a queued job for budget, or holds it where the job says so: before any grant, with every number. A result, not an
 * error.
 */
export function refuseForBudget(engine: Engine, job: JobRow, standing: Pick<Standing, 'side' | 'verdict'>): void {
  const { hot } = engine;
  const { side, verdict } = standing;
  const shortfall = verdict.decisive as Shortfall;
  const bucket = hot.queue.bucket(job.bucket);
  const isHeld = job.onRefusal === 'hold';
  const sentence = (isHeld ? heldSentence : refusedSentence)(shortfall, verdict.neededMcu);
  const check = checkOf(engine, verdict, side, bucket.requirement.computeClass);
  const decided: PlaneEvent = {
    type: 'policy.decided',
    body: {
      decision_id: engine.ids.make('decision'),
      job_id: job.jobId,
      outcome: isHeld ? 'held' : 'refused',
      source_id: null,
      sentence,
      policy_version: hot.policy.version,
      compute_class: null,
      candidates: shortCandidates(engine, bucket, side, shortfall),
      budget: check,
      crossing: null,
      supersedes: bucket.answer?.decisionId ?? null,
    },
  };
  const refused: PlaneEvent = {
    type: 'budget.refused',
    body: refusalOf(job, isHeld, sentence, verdict, shortfall, check),
  };
  const moved: PlaneEvent = {
    type: 'job.state',
    body: {
      job_id: job.jobId,
      state: isHeld ? 'held' : 'refused',
      hold: isHeld ? 'budget' : null,
      reason: 'budget.insufficient',
      sentence,
    },
  };
  engine.emit(PLANE_ACTOR, [decided, refused, moved], {}, job);
}

const refusalOf = (
  job: JobRow,
  isHeld: boolean,
  sentence: string,
  verdict: BudgetVerdict,
  shortfall: Shortfall,
  check: ReturnType<typeof checkOf>,
): BudgetRefusal => ({
  job_id: job.jobId,
  outcome: isHeld ? 'held' : 'refused',
  code: 'budget.insufficient',
  sentence,
  side: check.side as BudgetRefusal['side'],
  scope: shortfall.scope,
  window: shortfall.window,
  limit_mcu: shortfall.limitMcu,
  spent_mcu: shortfall.spentMcu,
  held_mcu: shortfall.heldMcu,
  needed_mcu: verdict.neededMcu,
  missing_mcu: shortfall.missingMcu,
  rate_mcu_per_minute: check.rate_mcu_per_minute,
  resets_at: check.resets_at,
});

import type { BudgetCheck } from '../../contract/decision.ts';
import type { BudgetRefusal, PlaneEvent } from '../../contract/events.ts';
import type { BudgetVerdict, Shortfall } from '../../domain/budgets/judge.ts';
import { heldSentence, refusedSentence } from '../../domain/budgets/words.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import { type Answer, decided } from '../decided.ts';
import { type Engine, PLANE_ACTOR } from '../engine.ts';
import { shortCandidates } from './candidates.ts';
import { checkOf, type Standing } from './judge-job.ts';

/**
 * Refuses a queued job for budget, or holds it where the job says so: before any grant, with every number. A result, not an
 * error.
 */
export function refuseForBudget(engine: Engine, job: JobRow, standing: Pick<Standing, 'side' | 'verdict'>): void {
  const { verdict } = standing;
  const shortfall = verdict.decisive as Shortfall;
  const isHeld = job.onRefusal === 'hold';
  const answer = refusedAnswer(engine, job, standing);
  const { sentence } = answer;
  const bucket = engine.hot.queue.bucket(job.bucket);
  const refused: PlaneEvent = {
    type: 'budget.refused',
    body: refusalOf(job, isHeld, sentence, verdict, shortfall, answer.budget as BudgetCheck),
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
  const record = decided(engine, { job_id: job.jobId, supersedes: bucket.answer?.decisionId ?? null }, answer);
  engine.emit(PLANE_ACTOR, [record, refused, moved], {}, job);
}

/** What a job is told that no limit will have room for. */
export function refusedAnswer(engine: Engine, job: JobRow, standing: Pick<Standing, 'side' | 'verdict'>): Answer {
  const { hot } = engine;
  const { side, verdict } = standing;
  const shortfall = verdict.decisive as Shortfall;
  const bucket = hot.queue.bucket(job.bucket);
  const isHeld = job.onRefusal === 'hold';
  return {
    outcome: isHeld ? 'held' : 'refused',
    source_id: null,
    sentence: (isHeld ? heldSentence : refusedSentence)(shortfall, verdict.neededMcu),
    policy_version: hot.policy.version,
    compute_class: null,
    candidates: shortCandidates(engine, bucket, side, shortfall),
    budget: checkOf(engine, verdict, side, bucket.requirement.computeClass),
    crossing: null,
  };
}

const refusalOf = (
  job: JobRow,
  isHeld: boolean,
  sentence: string,
  verdict: BudgetVerdict,
  shortfall: Shortfall,
  check: BudgetCheck,
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

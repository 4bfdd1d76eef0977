import type { BudgetCheck } from '../contract/decision.ts';
import type { DecisionBody, PlaneEvent, StoredCheck } from '../contract/events.ts';
import { ROUTING_VERSION } from '../domain/routing/version.ts';
import type { Engine } from './engine.ts';

/** What was decided and why, apart from whom it is about: made again from the same state it is the same. */
export type Answer = Pick<
  DecisionBody,
  'outcome' | 'source_id' | 'sentence' | 'policy_version' | 'compute_class' | 'candidates' | 'crossing'
> & { budget: BudgetCheck | null };
type About = Pick<DecisionBody, 'job_id' | 'bucket' | 'lot' | 'answer_key' | 'asked' | 'supersedes'>;

/** The record of an answer, with an id of its own and the version of the functions that gave it. */
export const decided = (
  engine: Engine,
  about: About,
  answer: Answer,
): { type: 'policy.decided'; body: DecisionBody } & PlaneEvent => ({
  type: 'policy.decided',
  // Each member by name: every claim makes one, and spreading these takes longer than judging.
  body: {
    decision_id: engine.ids.make('decision'),
    function_version: ROUTING_VERSION,
    job_id: about.job_id,
    bucket: about.bucket,
    lot: about.lot,
    answer_key: about.answer_key,
    asked: about.asked,
    supersedes: about.supersedes,
    outcome: answer.outcome,
    source_id: answer.source_id,
    sentence: answer.sentence,
    policy_version: answer.policy_version,
    compute_class: answer.compute_class,
    candidates: answer.candidates,
    budget: stored(answer.budget),
    crossing: answer.crossing ?? undefined,
  },
});

/** Mostly no limit applies: then nothing is written of one. */
const stored = (check: BudgetCheck | null): StoredCheck | null =>
  check === null || check.scope !== null
    ? check
    : { needed_mcu: check.needed_mcu, rate_mcu_per_minute: check.rate_mcu_per_minute, side: check.side };

/** An answer that no source was judged for: a person gave it, or the time that was allowed is over. */
export const plainAnswer = (engine: Engine, outcome: Answer['outcome'], sentence: string): Answer => ({
  outcome,
  source_id: null,
  sentence,
  policy_version: engine.hot.policy.version,
  compute_class: null,
  candidates: [],
  budget: null,
  crossing: null,
});

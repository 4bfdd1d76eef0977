import type { Explain } from '../../contract/decision.ts';
import type { JobSpec } from '../../contract/job.ts';
import type { Shortfall } from '../../domain/budgets/judge.ts';
import { heldSentence, missingDetail, refusedSentence, waitsSentence } from '../../domain/budgets/words.ts';
import { ruleFor } from '../../domain/routing/policy.ts';
import { requirementOf } from '../../domain/routing/requirement.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import type { Engine } from '../engine.ts';
import { budgetedSpec, checkOf, judgeOn, type Standing, standingOf } from './judge-job.ts';

/** Why a queued job waits for budget, with the numbers of this moment; null when there is room. */
export function budgetSentence(engine: Engine, row: JobRow): string | null {
  if (!engine.hot.budgets.isLimited) return null;
  const { verdict } = standingOf(engine, row, engine.hot.queue.bucket(row.bucket));
  return verdict.outcome === 'room' ? null : waitsSentence(verdict.decisive as Shortfall, verdict.neededMcu);
}

/**
 * Puts what the budgets say into an answer that routing gave: the rule for every source of a side that is short, and the
 * outcome where the side that the job would go to has no room. A refusal comes before anything else.
 */
export function withBudget(engine: Engine, answer: Explain, spec: JobSpec, fallback: number): Explain {
  if (!engine.hot.budgets.isLimited) return answer;
  const job = { ...budgetedSpec(spec), fallback };
  const requirement = requirementOf(spec);
  const rule = ruleFor(engine.hot.policy, requirement);
  const standing = standingOf(engine, job, { requirement, rule, verdicts: [] });
  const shorts = {
    byoc: judgeOn(engine, job, spec.compute_class, 'byoc'),
    managed: judgeOn(engine, job, spec.compute_class, 'managed'),
  };
  const candidates = answer.candidates.map((candidate) => {
    const verdict = shorts[candidate.side];
    if (verdict.outcome === 'room') return candidate;
    return {
      ...candidate,
      verdict: 'filtered' as const,
      rules: candidate.rules.map((rule) =>
        rule.rule === 'budget.insufficient'
          ? { rule: rule.rule, pass: false, detail: missingDetail(verdict.decisive as Shortfall) }
          : rule,
      ),
    };
  });
  const eligible = candidates.filter((c) => c.verdict !== 'filtered').length;
  const chosen = candidates.find((c) => c.verdict === 'chosen');
  const isKept = chosen !== undefined && !standing.isRefused;
  return {
    ...answer,
    candidates,
    eligible,
    ...(isKept || standing.verdict.outcome === 'room' ? {} : shortAnswer(engine, standing, spec)),
  };
}

function shortAnswer(
  engine: Engine,
  { side, verdict, isRefused }: Standing,
  spec: JobSpec,
): Pick<Explain, 'outcome' | 'sentence' | 'budget'> {
  const shortfall = verdict.decisive as Shortfall;
  const isHeld = isRefused && spec.on_refusal === 'hold';
  const sentence = isHeld ? heldSentence : isRefused ? refusedSentence : waitsSentence;
  return {
    outcome: isHeld ? 'held' : isRefused ? 'refused' : 'waiting',
    sentence: sentence(shortfall, verdict.neededMcu),
    budget: checkOf(engine, verdict, side, spec.compute_class),
  };
}

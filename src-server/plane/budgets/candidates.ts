import type { CandidateGroup } from '../../contract/decision.ts';
import type { Side } from '../../contract/terms.ts';
import type { Shortfall } from '../../domain/budgets/judge.ts';
import { missingDetail } from '../../domain/budgets/words.ts';
import { firstSideStanding } from '../../domain/routing/fallback.ts';
import { sidesOf } from '../../domain/routing/policy.ts';
import { candidateGroups } from '../../domain/routing/record.ts';
import type { Engine } from '../engine.ts';
import type { HotBucket } from '../hot/queue.ts';

/** The candidates of an answer that budget gave: sources of the short side that could take the job fail its rule. */
export function shortCandidates(
  engine: Engine,
  bucket: Pick<HotBucket, 'requirement' | 'rule' | 'verdicts'>,
  side: Side,
  shortfall: Shortfall,
): CandidateGroup[] {
  const { hot } = engine;
  const groups = hot.fleet.groupsFor(bucket.requirement, bucket.verdicts);
  const { first, second } = sidesOf(bucket.rule.mode);
  return candidateGroups({
    policy: bucket.rule,
    isPaused: engine.state.head.config.paused,
    groups,
    isSecondSideOpen:
      side === second || (bucket.rule.fallback.mode === 'auto' && firstSideStanding(groups, first) !== 'there'),
    chosenId: null,
    askingIds: [],
  }).map((group) => (group.profile?.side === side ? withBudgetRule(group, shortfall) : group));
}

const withBudgetRule = (group: CandidateGroup, shortfall: Shortfall): CandidateGroup => ({
  ...group,
  verdict: 'filtered',
  rules: [...group.rules, { rule: 'budget.insufficient', pass: false, detail: missingDetail(shortfall) }],
});

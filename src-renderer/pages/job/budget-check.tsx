import type { BudgetCheck as Budget } from '../../../src-server/contract/decision.ts';
import type { Job } from '../../../src-server/contract/job.ts';
import { scopeWords } from '../../../src-server/contract/scope-words.ts';
import type { Side } from '../../../src-server/contract/terms.ts';
import { formatSpan } from '../../format/duration.ts';
import { formatCu, formatCuNumber } from '../../format/number.ts';
import { Meter } from '../../ui/meter.tsx';
import { Section } from '../../ui/panel.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { isTerminal, isWaiting } from './job-facts.ts';

const sentence = (job: Job, budget: Budget): string => {
  const rate = `${formatSpan(job.spec.max_runtime_ms)} at ${formatCu(budget.rate_mcu_per_minute)} per min`;
  const settled = job.attempts.reduce((sum, attempt) => sum + attempt.cost_mcu, 0);
  const settledWords = settled === 0 ? '' : `${formatCu(settled)} settled on this job. `;
  if (isTerminal(job)) return `${formatCu(settled)} settled on this job, nothing is held.`;
  if (budget.needed_mcu === 0) return `${settledWords}Needs 0 CU: this side is counted at 0 CU per min here.`;
  if (isWaiting(job))
    return `${settledWords}Needs ${formatCu(budget.needed_mcu)} at most: ${rate}. Nothing is held while it waits.`;
  return `${settledWords}${formatCu(budget.needed_mcu)} held for attempt ${Math.max(1, job.attempt)}: ${rate}.`;
};

/** What the job needs and holds, on the limit that is nearest; managed use is a metering preview. */
export const BudgetCheck = ({ job, budget, side }: { job: Job; budget: Budget | null; side: Side | null }) => {
  if (budget === null) return null;
  const { scope, limit_mcu, spent_mcu, held_mcu, missing_mcu } = budget;
  const isShort = (missing_mcu ?? 0) > 0;
  return (
    <Section
      title="Budget check"
      end={
        <span className="row" data-tone={isShort ? 'refuse' : 'ok'}>
          <StateGlyph shape={isShort ? 'bar-octagon' : 'tick'} size={14} className="tone" />
          {isShort ? `${formatCu(missing_mcu ?? 0)} missing` : limit_mcu === null ? 'No limit set' : 'Covered'}
        </span>
      }
    >
      {scope === null || limit_mcu === null ? null : (
        <div className="budget-line">
          <div className="row text-xs">
            <span>{scopeWords(scope)}</span>
            <span className="push text-2">
              {formatCuNumber((spent_mcu ?? 0) + (held_mcu ?? 0))} of {formatCu(limit_mcu)}
            </span>
          </div>
          <Meter
            label={`${formatCu(spent_mcu ?? 0)} settled, ${formatCu(held_mcu ?? 0)} held of ${formatCu(limit_mcu)}`}
            settled={spent_mcu ?? 0}
            held={held_mcu ?? 0}
            limit={limit_mcu}
          />
        </div>
      )}
      <p className="text-2 text-xs">{sentence(job, budget)}</p>
      {side === 'managed' ? (
        <p className="text-2 text-xs">
          Metering preview. Managed use is metered only. Checkout is not connected, so nothing is charged.
        </p>
      ) : null}
    </Section>
  );
};

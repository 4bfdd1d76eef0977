import { CircleCheck } from 'lucide-react';
import { Link } from 'react-router';
import type { BudgetHold, BudgetRefusalItem } from '../../../src-server/contract/budget.ts';
import { isWuScope, scopeWords } from '../../../src-server/contract/scope-words.ts';
import { useBudgetHolds, useBudgetRefusals } from '../../api/budgets.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { formatDuration } from '../../format/duration.ts';
import { formatWhen } from '../../format/instant.ts';
import { formatCu, formatCuNumber } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SideMark } from '../../ui/side-mark.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { JOB_LOOKS } from '../../ui/state-vocabulary.ts';
import { windowWords } from './limit-words.ts';

const More = ({ isBusy, onMore }: { isBusy: boolean; onMore: () => void }) => (
  <div className="budget-more">
    <Button size="small" isBusy={isBusy} busyLabel="Loading" onClick={onMore}>
      Show older
    </Button>
  </div>
);

/** Which limit it hit; that of its own work unit needs no name. */
const causeWords = (scope: string): string => (isWuScope(scope) ? 'WU limit' : scopeWords(scope));

/** The numbers of the moment, none left out. */
const refusalNumbers = (refusal: BudgetRefusalItem): string =>
  `Needs ${formatCu(refusal.needed_mcu)}. The limit is ${formatCuNumber(refusal.limit_mcu)} ${windowWords(refusal.window)}: ${formatCuNumber(refusal.spent_mcu)} settled, ${formatCuNumber(refusal.held_mcu)} held, ${formatCuNumber(refusal.missing_mcu)} missing.`;

/** Jobs that were refused, newest first; each leads to its job. */
export const RefusalList = ({ scope }: { scope?: string }) => {
  const ws = useWorkspaceId();
  const clock = useNow();
  const list = useBudgetRefusals();
  if (list.error !== null) return <ProblemPanel error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data === undefined) return <Skeleton rows={5} rowHeight={56} />;
  const all = list.data.pages.flatMap((page) => page.items);
  const items = scope === undefined ? all : all.filter((refusal) => refusal.scope === scope);
  if (items.length === 0) {
    return (
      <EmptyState icon={<CircleCheck aria-hidden="true" />} title="No refusals">
        A job whose worst case does not fit its budget is refused and shown here with every number.
      </EmptyState>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className="budget-list" tabIndex={0} aria-label="Refusals">
      <ul>
        {items.map((refusal) => (
          <li key={refusal.seq}>
            <Link to={routes.job(ws, refusal.job_id)}>
              <span data-tone="refuse">
                <StateGlyph shape={JOB_LOOKS.refused.shape} className="tone" />
              </span>
              <span className="truncate">
                <span className="text-2">{refusal.wu_id}</span> <b className="medium">{causeWords(refusal.scope)}</b>
              </span>
              <time dateTime={refusal.at}>{formatWhen(refusal.at, clock)}</time>
              <span className="budget-list-note">{refusalNumbers(refusal)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {list.hasNextPage ? <More isBusy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} /> : null}
    </section>
  );
};

/** What running work holds now, or of one scope. */
export const HoldList = ({ scope }: { scope?: string }) => {
  const ws = useWorkspaceId();
  const clock = useNow();
  const list = useBudgetHolds();
  if (list.error !== null) return <ProblemPanel error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data === undefined) return <Skeleton rows={4} rowHeight={56} />;
  const all: readonly BudgetHold[] = list.data.pages.flatMap((page) => page.items);
  const items = scope === undefined ? all : all.filter((hold) => hold.scopes.includes(scope));
  if (items.length === 0) {
    return (
      <EmptyState icon={<CircleCheck aria-hidden="true" />} title="Nothing is held">
        A running job holds its worst case until it ends.
      </EmptyState>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className="budget-list" tabIndex={0} aria-label="Holds">
      <ul>
        {items.map((hold) => (
          <li key={hold.lease_id}>
            <Link to={routes.job(ws, hold.job_id)}>
              <StateGlyph shape={JOB_LOOKS.running.shape} />
              <span className="truncate">
                <span className="text-2">{hold.wu_id}</span> <b className="medium">{formatCu(hold.held_mcu)} held</b>
              </span>
              <time dateTime={hold.granted_at}>{formatDuration(clock - Date.parse(hold.granted_at))}</time>
              <span className="budget-list-note row">
                <SideMark side={hold.side} />
                <span className="truncate">
                  {hold.source_name}, {hold.compute_class} at {formatCu(hold.rate_mcu_per_minute)} a minute, token{' '}
                  {hold.fence}
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {list.hasNextPage ? <More isBusy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} /> : null}
    </section>
  );
};

import type { Budgets } from '../../../src-server/contract/budget.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { formatWhen } from '../../format/instant.ts';
import { useNow } from '../../stores/clock.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import type { useSaveBudgets } from './use-save-budgets.ts';

/** What stands in the way of saving: another version, or the plane's refusal. */
export const SaveNotices = ({ budgets, saving }: { budgets: Budgets; saving: ReturnType<typeof useSaveBudgets> }) => {
  const clock = useNow();
  const by = budgets.changed_by === null ? '' : ` by ${budgets.changed_by}`;
  const when = budgets.changed_at === null ? '' : `, ${formatWhen(budgets.changed_at, clock)}`;
  return (
    <>
      {saving.isStale ? (
        <Banner
          tone="wait"
          shape="triangle"
          role="alert"
          title="Limits changed meanwhile"
          end={
            <Button size="small" onClick={saving.takeOver}>
              Take it over
            </Button>
          }
        >
          Version {budgets.version} is in force{by}
          {when}. What you typed is kept and changes nothing else of it.
        </Banner>
      ) : null}
      {saving.problem === null ? null : (
        <Banner tone="fail" shape="cross-square" role="alert" title="Not saved">
          {problemText(saving.problem)}
        </Banner>
      )}
    </>
  );
};

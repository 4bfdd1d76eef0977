import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { BudgetLimitItem, Budgets } from '../../../src-server/contract/budget.ts';
import { scopeWords } from '../../../src-server/contract/scope-words.ts';
import { useLackOf } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { formatWhen } from '../../format/instant.ts';
import { formatCu } from '../../format/number.ts';
import { useNow } from '../../stores/clock.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { PeekDrawer } from '../../ui/drawer.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Facts, Section } from '../../ui/panel.tsx';
import { limitsPut } from './limit-draft.ts';
import { committedPercent, limitKey, meterWords, pacePercent, windowWords } from './limit-words.ts';
import { HoldList, RefusalList } from './side-lists.tsx';

interface LimitPeekProps {
  limit: BudgetLimitItem;
  budgets: Budgets;
  onEdit: () => void;
  onClose: () => void;
}

const RemoveDialog = ({
  limit,
  budgets,
  isOpen,
  onClose,
  onDone,
}: {
  limit: BudgetLimitItem;
  budgets: Budgets;
  isOpen: boolean;
  onClose: () => void;
  onDone: () => void;
}) => {
  const save = useAction('budgetsPut');
  const name = scopeWords(limit.scope);
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={`Remove the limit of ${name}?`}
      confirmLabel="Remove limit"
      keepLabel="Keep limit"
      busyLabel="Removing"
      isBusy={save.isPending}
      problem={save.error === null ? undefined : problemText(save.error)}
      onConfirm={() =>
        save.mutate(
          {
            body: {
              base_version: budgets.version,
              limits: limitsPut(budgets.limits.filter((each) => limitKey(each) !== limitKey(limit))),
            },
          },
          {
            onSuccess: () => {
              toast(`The limit of ${name} is removed.`);
              onDone();
            },
          },
        )
      }
      onClose={() => {
        save.reset();
        onClose();
      }}
    >
      <p>Jobs that wait for it may start at once. What was refused stays refused.</p>
    </ConfirmDialog>
  );
};

/** One limit with every number, what holds it now and what it refused. */
export const LimitPeek = ({ limit, budgets, onEdit, onClose }: LimitPeekProps) => {
  const clock = useNow();
  const lack = useLackOf('admin');
  const [isAsking, setAsking] = useState(false);
  const pace = pacePercent(limit, clock);
  return (
    <PeekDrawer
      title={`${scopeWords(limit.scope)}, ${windowWords(limit.window)}`}
      onClose={onClose}
      foot={
        <>
          <Button icon={<Pencil />} disabledReason={lack} onClick={onEdit}>
            Edit limit
          </Button>
          <Button look="danger" icon={<Trash2 />} disabledReason={lack} onClick={() => setAsking(true)}>
            Remove
          </Button>
        </>
      }
    >
      <Section title="Use" end={`${committedPercent(limit)}% committed`}>
        <div className="tier-meter">
          <Meter label={meterWords(limit)} settled={limit.spent_mcu} held={limit.held_mcu} limit={limit.limit_mcu} />
        </div>
        <Facts
          items={[
            ['Limit', `${formatCu(limit.limit_mcu)} ${windowWords(limit.window)}`],
            ['Settled', formatCu(limit.spent_mcu)],
            ['Held by leases', formatCu(limit.held_mcu)],
            ['Left', formatCu(limit.left_mcu)],
            [
              'Resets',
              limit.resets_at === null
                ? 'Never'
                : `${formatWhen(limit.resets_at, clock)}, ${budgets.time_zone} midnight`,
            ],
            ...(pace === null ? [] : [['At this pace', `ends at ${pace}%`] as const]),
            [
              'Warns at',
              limit.warn_percent.length === 0 ? 'Never' : limit.warn_percent.map((mark) => `${mark}%`).join(', '),
            ],
            [
              'Warned at',
              limit.warned_percent.length === 0 ? 'Not yet' : limit.warned_percent.map((mark) => `${mark}%`).join(', '),
            ],
          ]}
        />
      </Section>
      <Section title="Held by">
        <HoldList scope={limit.scope} />
      </Section>
      <Section title="Refused">
        <RefusalList scope={limit.scope} />
      </Section>
      <RemoveDialog
        limit={limit}
        budgets={budgets}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onDone={onClose}
      />
    </PeekDrawer>
  );
};

import { useState } from 'react';
import { Link } from 'react-router';
import { useUsage, useWallet } from '../../api/budgets.ts';
import { useLackOf } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { ProblemPanel, problemText } from '../../components/problem-panel.tsx';
import { formatDuration } from '../../format/duration.ts';
import { formatWhen } from '../../format/instant.ts';
import { formatCount, formatCu, formatPlural } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Facts, Section } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { parseCu } from './limit-draft.ts';

const WALLET_SHOWN = 20;

/** Puts credits in, on the spot: the entry stays in the log. */
const TopUp = () => {
  const lack = useLackOf('admin');
  const topUp = useAction('walletTopUp');
  const [amount, setAmount] = useState('');
  const [error, setError] = useState<string>();
  const send = () => {
    const mcu = parseCu(amount);
    if (mcu === null || mcu === 0) return setError('An amount of CU, like 100.');
    topUp.mutate(
      { body: { mcu } },
      {
        onSuccess: () => {
          toast(`${formatCu(mcu)} of credits put in.`);
          setAmount('');
        },
      },
    );
  };
  return (
    <form
      className="metering-top-up"
      onSubmit={(event) => {
        event.preventDefault();
        if (lack === undefined) send();
      }}
    >
      <TextField
        label="Put credits in"
        unit="CU"
        inputMode="decimal"
        error={error ?? (topUp.error === null ? undefined : problemText(topUp.error))}
        hint="A preview: credits are only counted, and an empty wallet stops nothing."
        value={amount}
        onChange={(event) => {
          setAmount(event.target.value);
          setError(undefined);
        }}
      />
      <Button type="submit" disabledReason={lack} isBusy={topUp.isPending} busyLabel="Putting in">
        Put in
      </Button>
    </form>
  );
};

const Wallet = () => {
  const clock = useNow();
  const { data, error, refetch } = useWallet();
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  const first = data?.pages[0];
  if (first === undefined) return <Skeleton rows={2} rowHeight={28} />;
  return (
    <Section title="Credits">
      <Facts items={[['Balance', formatCu(first.balance_mcu)]]} />
      <ul className="metering-rows">
        {first.items.slice(0, WALLET_SHOWN).map((entry) => (
          <li key={entry.seq}>
            <span className="truncate">
              {entry.kind === 'top_up' ? `Put in by ${entry.by}` : 'Metered use'}
              {entry.reason === null ? null : <span className="text-2"> {entry.reason}</span>}
            </span>
            <span>
              {entry.kind === 'top_up' ? '+' : '−'}
              {formatCu(entry.mcu)}
            </span>
            <time dateTime={entry.at}>{formatWhen(entry.at, clock)}</time>
          </li>
        ))}
      </ul>
      <TopUp />
    </Section>
  );
};

/** Managed use as it would be metered, and the preview of a wallet. Nothing here is charged. */
export const MeteringView = () => {
  const ws = useWorkspaceId();
  const clock = useNow();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useUsage();
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  const first = data?.pages[0];
  if (first === undefined) return <Skeleton rows={4} rowHeight={28} />;
  const items = (data?.pages ?? []).flatMap((page) => page.items);
  const { totals } = first;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className="budget-list metering" tabIndex={0} aria-label="Metering">
      <Section title="Managed use">
        <Facts
          items={[
            ['Metered', `${formatCu(totals.mcu)} in ${formatPlural(totals.count, 'lease')}`],
            [
              'Outside meter',
              items[0]?.meter === 'off' || items.length === 0
                ? 'None is configured'
                : `${formatCount(totals.pending)} to tell, ${formatCount(totals.dead)} given up`,
            ],
          ]}
        />
        {items.length === 0 ? <p className="text-2">No managed use yet.</p> : null}
        <ul className="metering-rows">
          {items.map((item) => (
            <li key={item.seq}>
              <Link className="truncate" to={routes.job(ws, item.job_id)}>
                {item.wu_id}{' '}
                <span className="text-2">
                  {item.compute_class}, {formatDuration(item.runtime_ms)}
                </span>
              </Link>
              <span>{formatCu(item.mcu)}</span>
              <time dateTime={item.at}>{formatWhen(item.at, clock)}</time>
            </li>
          ))}
        </ul>
        {hasNextPage ? (
          <Button size="small" isBusy={isFetchingNextPage} busyLabel="Loading" onClick={() => void fetchNextPage()}>
            Show older
          </Button>
        ) : null}
      </Section>
      <Wallet />
    </section>
  );
};

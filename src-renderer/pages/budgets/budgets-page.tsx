import { Pencil, Plus } from 'lucide-react';
import { METERING_PREVIEW } from '../../../src-server/contract/usage.ts';
import { useBudgets } from '../../api/budgets.ts';
import { useOverview } from '../../api/overview.ts';
import { useLackOf } from '../../api/session.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { useAddress } from '../../components/use-address.ts';
import { Button } from '../../ui/button.tsx';
import { CountChip } from '../../ui/chip.tsx';
import { Panel } from '../../ui/panel.tsx';
import { type Choice, Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import type { ScopeKind } from './limit-draft.ts';
import { LimitDrawer } from './limit-drawer.tsx';
import { LimitPeek } from './limit-peek.tsx';
import { limitKey } from './limit-words.ts';
import { LimitsPanel } from './limits-panel.tsx';
import { MeteringView } from './metering-view.tsx';
import { RatesDrawer } from './rates-drawer.tsx';
import { HoldList, RefusalList } from './side-lists.tsx';
import { TierCard } from './tier-card.tsx';
import './budgets-page.css';

type View = 'refusals' | 'holds' | 'metering';
const VIEWS: readonly Choice<View>[] = [
  { value: 'refusals', label: 'Refusals' },
  { value: 'holds', label: 'Holds' },
  { value: 'metering', label: 'Metering' },
];
const TITLES: Readonly<Record<View, string>> = {
  refusals: 'Refusals',
  holds: 'Held now',
  metering: 'Metering',
};
const viewOf = (text: string | null): View => VIEWS.find(({ value }) => value === text)?.value ?? 'refusals';
/** The sentence of the contract, its first words apart. */
const [PREVIEW_TITLE = '', ...PREVIEW_REST] = METERING_PREVIEW.split(/(?<=\.) /);

/** See what is committed, and why work was refused. */
export const BudgetsPage = () => {
  const [search, setAddress] = useAddress();
  const { data, error, refetch } = useBudgets();
  const { data: overview } = useOverview();
  const lack = useLackOf('admin');
  const view = viewOf(search.get('view'));
  const openKey = search.get('limit');
  const open = data?.limits.find((limit) => limitKey(limit) === openKey) ?? null;
  const drawer = search.get('open');
  const kind = (['managed', 'byoc', 'wu'] as const).find((each) => each === search.get('of')) ?? null;
  const add = (of: ScopeKind | null) => setAddress({ open: 'limit', limit: null, of });
  const isPeeking = open !== null && drawer === null;
  return (
    <Page
      title="Budgets"
      sub="1 CU is a minute of cpu-small"
      actions={
        <>
          <Button icon={<Pencil />} disabledReason={lack} onClick={() => setAddress({ open: 'rates' })}>
            Rates and default
          </Button>
          <Button look="primary" icon={<Plus />} disabledReason={lack} onClick={() => add(null)}>
            Add limit
          </Button>
        </>
      }
      aside={
        isPeeking && data !== undefined ? (
          <LimitPeek
            key={openKey}
            limit={open}
            budgets={data}
            onEdit={() => setAddress({ open: 'limit' })}
            onClose={() => setAddress({ limit: null })}
          />
        ) : undefined
      }
    >
      {data === undefined ? (
        error === null ? (
          <Skeleton rows={8} rowHeight={56} />
        ) : (
          <ProblemPanel error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div className={isPeeking ? 'budgets is-tight' : 'budgets'}>
          <p className="budgets-note">
            <b>{PREVIEW_TITLE}</b> <span className="text-2">{PREVIEW_REST.join(' ')}</span>
          </p>
          <div className="budgets-tiers">
            <TierCard
              side="managed"
              budgets={data}
              todayMcu={
                overview === undefined ? undefined : overview.managed_today.spent_mcu + overview.managed_today.held_mcu
              }
              lack={lack}
              onOpen={(limit) => setAddress({ limit })}
              onAdd={() => add('managed')}
            />
            <TierCard
              side="byoc"
              budgets={data}
              lack={lack}
              onOpen={(limit) => setAddress({ limit })}
              onAdd={() => add('byoc')}
            />
          </div>
          <LimitsPanel budgets={data} search={search} lack={lack} isTight={isPeeking} onAddress={setAddress} />
          <Panel
            className="budgets-side"
            title={TITLES[view]}
            beside={
              view === 'refusals' && overview !== undefined && overview.refusals_24h.budget > 0 ? (
                <CountChip count={`${overview.refusals_24h.budget} in 24 h`} />
              ) : undefined
            }
            end={
              <Segmented
                label="Beside the limits"
                value={view}
                choices={VIEWS}
                onChange={(next) => setAddress({ view: next === 'refusals' ? null : next })}
              />
            }
            foot={
              view === 'refusals'
                ? 'A refused job never moves to another tier. Retry makes a new job that links to it.'
                : undefined
            }
          >
            {view === 'refusals' ? <RefusalList /> : view === 'holds' ? <HoldList /> : <MeteringView />}
          </Panel>
          <LimitDrawer
            isOpen={drawer === 'limit'}
            budgets={data}
            limit={open}
            kind={kind}
            onClose={() => setAddress({ open: null, of: null })}
          />
          <RatesDrawer isOpen={drawer === 'rates'} budgets={data} onClose={() => setAddress({ open: null })} />
        </div>
      )}
    </Page>
  );
};

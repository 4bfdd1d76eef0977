import { Gauge, Plus } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import type { BudgetLimitItem, Budgets } from '../../../src-server/contract/budget.ts';
import { scopeWords } from '../../../src-server/contract/scope-words.ts';
import { useIsNarrow } from '../../components/narrow.ts';
import type { SetAddress } from '../../components/use-address.ts';
import { formatWhen } from '../../format/instant.ts';
import { formatCu, formatPlural } from '../../format/number.ts';
import { now } from '../../stores/clock.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { committedPercent, limitKey, meterWords, usedWords, warningWords, windowWords } from './limit-words.ts';

export type Show = 'all' | 'tier' | 'wu';
export const showOf = (text: string | null): Show => (text === 'tier' || text === 'wu' ? text : 'all');
const isWu = ({ scope }: BudgetLimitItem) => scope.startsWith('wu:');

const Used = ({ limit }: { limit: BudgetLimitItem }) => (
  <span className="limit-used">
    <Meter label={meterWords(limit)} settled={limit.spent_mcu} held={limit.held_mcu} limit={limit.limit_mcu} />
    <span className="limit-figure">
      {committedPercent(limit) > 90 ? <StateGlyph shape="triangle" size={12} className="tone" /> : null}
      {usedWords(limit)}
    </span>
  </span>
);

const COLUMNS: Readonly<Record<string, Column<BudgetLimitItem>>> = {
  scope: {
    id: 'scope',
    header: 'Limit of',
    width: 'minmax(104px, 1fr)',
    cell: (limit) => <span className="medium">{scopeWords(limit.scope)}</span>,
  },
  window: {
    id: 'window',
    header: 'Window',
    width: '72px',
    cell: (limit) => <span className="text-2">{windowWords(limit.window)}</span>,
  },
  used: {
    id: 'used',
    header: 'Used of limit',
    width: 'minmax(176px, 1.6fr)',
    cell: (limit) => <Used limit={limit} />,
  },
  left: { id: 'left', header: 'Left', width: '80px', align: 'right', cell: (limit) => formatCu(limit.left_mcu) },
  warned: {
    id: 'warned',
    header: 'Warned',
    width: '72px',
    cell: (limit) => <span className="text-2">{warningWords(limit) ?? '–'}</span>,
  },
  resets: {
    id: 'resets',
    header: 'Resets',
    width: '104px',
    cell: (limit) => (
      <span className="text-2">{limit.resets_at === null ? 'Never' : formatWhen(limit.resets_at, now())}</span>
    ),
  },
};
const WIDE = ['scope', 'window', 'used', 'left', 'warned', 'resets'];
const NARROW = ['scope', 'window', 'used', 'left'];
const TIGHT = ['scope', 'used', 'left'];
const columnsOf = (ids: readonly string[]) => ids.flatMap((id) => COLUMNS[id] ?? []);

interface LimitsPanelProps {
  budgets: Budgets;
  search: URLSearchParams;
  lack: string | undefined;
  isTight: boolean;
  onAddress: SetAddress;
}

/** Every limit with its bar: filtered by kind and name, opened for its numbers. */
export const LimitsPanel = ({ budgets, search, lack, isTight, onAddress }: LimitsPanelProps) => {
  const isNarrow = useIsNarrow();
  const show = showOf(search.get('show'));
  const q = search.get('q') ?? '';
  const { limits } = budgets;
  const rows = useMemo(
    () =>
      limits.filter(
        (limit) =>
          (show === 'all' || (show === 'wu') === isWu(limit)) &&
          scopeWords(limit.scope).toLowerCase().includes(q.trim().toLowerCase()),
      ),
    [limits, show, q],
  );
  const wus = limits.filter(isWu).length;
  let placeholder: ReactNode = (
    <EmptyState icon={<Gauge aria-hidden="true" />} title="No limits match">
      Another filter may show them.
    </EmptyState>
  );
  if (limits.length === 0) {
    placeholder = (
      <EmptyState
        icon={<Gauge aria-hidden="true" />}
        title="No limits yet"
        actions={
          <Button icon={<Plus />} disabledReason={lack} onClick={() => onAddress({ open: 'limit', limit: null })}>
            Add limit
          </Button>
        }
      >
        Nothing is refused for budget until there is one.
      </EmptyState>
    );
  }
  const fallback = budgets.default_wu_limit_mcu;
  return (
    <Panel
      className="limits-panel"
      title="Limits"
      end={
        <>
          {limits.length > 8 ? (
            <SearchField
              label="Filter limits"
              placeholder="WU or tier"
              value={q}
              onChange={(text) => onAddress({ q: text })}
              width={140}
            />
          ) : null}
          <Segmented
            label="Show"
            value={show}
            choices={[
              { value: 'all', label: 'All', count: limits.length },
              { value: 'tier', label: 'Tiers', count: limits.length - wus },
              { value: 'wu', label: 'WUs', count: wus },
            ]}
            onChange={(next) => onAddress({ show: next === 'all' ? null : next })}
          />
        </>
      }
      foot={
        <>
          {fallback === null
            ? 'A WU without a limit of its own is not limited.'
            : `A WU without a limit of its own has ${formatCu(fallback)} in total.`}{' '}
          The worst case is held at the claim. When the lease ends the actual use is settled and the rest released.
          {budgets.held_jobs + budgets.waiting_jobs === 0
            ? ''
            : ` ${formatPlural(budgets.held_jobs, 'job')} held for budget, ${formatPlural(budgets.waiting_jobs, 'job')} waiting for a release.`}
        </>
      }
    >
      <Table
        label="Limits"
        columns={columnsOf(isNarrow && isTight ? TIGHT : isNarrow || isTight ? NARROW : WIDE)}
        rows={rows}
        idOf={limitKey}
        listKey={`${show} ${q}`}
        selectedId={search.get('open') === 'limit' ? null : search.get('limit')}
        onOpen={(limit) => onAddress({ limit: limitKey(limit) === search.get('limit') ? null : limitKey(limit) })}
        placeholder={placeholder}
      />
    </Panel>
  );
};

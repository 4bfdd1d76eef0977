import type { Budgets } from '../../../src-server/contract/budget.ts';
import type { Side } from '../../../src-server/contract/terms.ts';
import { formatWhen } from '../../format/instant.ts';
import { formatCuNumber } from '../../format/number.ts';
import { useNow } from '../../stores/clock.ts';
import { Button } from '../../ui/button.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Panel } from '../../ui/panel.tsx';
import '../../ui/side-mark.css';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { WINDOWS } from './limit-draft.ts';
import { committedPercent, limitKey, meterWords, pacePercent, windowWords } from './limit-words.ts';

const ORDER = [...WINDOWS.filter((window) => window !== 'total'), 'total'];
const TITLES: Readonly<Record<Side, string>> = { managed: 'Managed tier', byoc: 'BYOC tier' };

/** The limit that a tier card shows: the one of the shortest window. */
const limitOf = (budgets: Budgets, side: Side) =>
  budgets.limits
    .filter(({ scope }) => scope === `tier:${side}`)
    .sort((a, b) => ORDER.indexOf(a.window) - ORDER.indexOf(b.window))[0];

interface TierCardProps {
  side: Side;
  budgets: Budgets;
  /** Used today, for a tier without a limit; undefined where nobody counts it. */
  todayMcu?: number | undefined;
  lack: string | undefined;
  onOpen: (key: string) => void;
  onAdd: () => void;
}

/** What a tier has left, what runs hold of it, and where its pace leads. */
export const TierCard = ({ side, budgets, todayMcu, lack, onOpen, onAdd }: TierCardProps) => {
  const clock = useNow();
  const limit = limitOf(budgets, side);
  const title = (
    <span className="row">
      <i className={side === 'managed' ? 'fill-mark is-held hatched' : 'fill-mark is-settled'} aria-hidden="true" />
      {TITLES[side]}
    </span>
  );
  if (limit === undefined) {
    return (
      <Panel
        title={title}
        end={
          <Button size="small" disabledReason={lack} onClick={onAdd}>
            Set a limit
          </Button>
        }
      >
        <div className="tier-body">
          <p>
            <span className="tier-figure">No limit</span>{' '}
            {todayMcu === undefined ? null : <span className="text-2">{formatCuNumber(todayMcu)} CU used today</span>}
          </p>
          <p className="text-2 tier-note">Nothing is refused for this tier. Limits of single WUs hold all the same.</p>
        </div>
      </Panel>
    );
  }
  const committed = committedPercent(limit);
  const pace = pacePercent(limit, clock);
  const facts = [
    ['Settled', formatCuNumber(limit.spent_mcu), 'settled'],
    ['Held by leases', formatCuNumber(limit.held_mcu), 'held'],
    ['Left', formatCuNumber(limit.left_mcu), 'left'],
  ] as const;
  return (
    <Panel
      title={title}
      end={
        <>
          <span className="text-2 text-xs">
            {limit.resets_at === null ? 'Never resets' : `Resets ${formatWhen(limit.resets_at, clock)}`}
          </span>
          <Button size="small" label={`Open the limit of the ${TITLES[side]}`} onClick={() => onOpen(limitKey(limit))}>
            Open
          </Button>
        </>
      }
    >
      <div className="tier-body">
        <div className="tier-head">
          <span>
            <span className="tier-figure">{formatCuNumber(limit.left_mcu)}</span>{' '}
            <span className="text-2">
              CU left of {formatCuNumber(limit.limit_mcu)} {windowWords(limit.window)}
            </span>
          </span>
          <span className="text-2 text-xs row push" data-tone={committed > 90 ? 'wait' : undefined}>
            {committed > 90 ? <StateGlyph shape="triangle" size={12} className="tone" /> : null}
            {committed}% committed
          </span>
        </div>
        <div className="tier-meter">
          <Meter label={meterWords(limit)} settled={limit.spent_mcu} held={limit.held_mcu} limit={limit.limit_mcu} />
        </div>
        <dl className="tier-facts">
          {facts.map(([name, value, fill]) => (
            <div key={name}>
              <dt>
                <i className={`fill-mark is-${fill}`} aria-hidden="true" />
                {name}
              </dt>
              <dd>{value}</dd>
            </div>
          ))}
          {pace === null ? null : (
            <div>
              <dt>At this pace</dt>
              <dd className="medium">ends at {pace}%</dd>
            </div>
          )}
        </dl>
      </div>
    </Panel>
  );
};

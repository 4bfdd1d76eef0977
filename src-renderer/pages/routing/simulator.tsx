import { ArrowRight, RotateCw } from 'lucide-react';
import { Link } from 'react-router';
import type { WhatIfAnswer, WhatIfKind, WhatIfMove, WhatIfSums } from '../../../src-server/contract/what-if.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import type { SetAddress } from '../../components/use-address.ts';
import { formatCount } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { ChartLegend } from '../../ui/chart-legend.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import '../../ui/side-mark.css';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { JOB_LOOKS } from '../../ui/state-vocabulary.ts';
import { DEFAULT_LAST, OWN_RANGE, RANGE_ITEMS, type SimulatedRange } from './simulated-range.ts';
import type { Simulation } from './use-simulation.ts';
import { capital, commonCause, headline, KIND_LABELS, pastWords, waitWords, warnings } from './what-if-words.ts';

const SHOWN_FIRST = 8;
const KINDS_SHOWN = 3;
const SHAPES = {
  refused: JOB_LOOKS.refused,
  held: JOB_LOOKS.held,
  waiting: JOB_LOOKS.queued,
  canceled: JOB_LOOKS.canceled,
} as const;

/** Where a job stands: solid or hatched mark for a side, the state's shape for the rest. */
const Place = ({ kind, name }: { kind: WhatIfKind; name: string }) => {
  if (kind === 'byoc' || kind === 'managed') {
    return (
      <span className="what-if-place">
        <i className={kind === 'managed' ? 'fill-mark is-held hatched' : 'fill-mark is-settled'} aria-hidden="true" />
        <span className="truncate" title={name}>
          {name}
        </span>
      </span>
    );
  }
  const { shape, tone } = SHAPES[kind];
  return (
    <span className="what-if-place" data-tone={tone}>
      <StateGlyph shape={shape} size={14} className="tone" />
      <span className="truncate">{KIND_LABELS[kind]}</span>
    </span>
  );
};

const SEGMENTS: readonly { id: string; of: (sums: WhatIfSums) => number; words: string }[] = [
  { id: 'byoc', of: (sums) => sums.byoc, words: 'BYOC' },
  { id: 'managed', of: (sums) => sums.managed, words: 'Managed' },
  { id: 'open', of: (sums) => sums.waiting + sums.held + sums.canceled, words: 'waiting, held or canceled' },
  { id: 'refused', of: (sums) => sums.refused, words: 'refused' },
];
const Bar = ({ name, sums }: { name: string; sums: WhatIfSums }) => {
  const parts = SEGMENTS.map((segment) => ({ ...segment, n: segment.of(sums) })).filter(({ n }) => n > 0);
  return (
    <>
      <span aria-hidden="true">{name}</span>
      <div
        className="what-if-bar"
        role="img"
        aria-label={`${name}: ${parts.map(({ n, words }) => `${formatCount(n)} ${words}`).join(', ')}`}
      >
        {parts.map(({ id, n }) => (
          <span key={id} className={`is-${id} ${id === 'managed' ? 'hatched' : ''}`} style={{ flexGrow: n }}>
            <b>{formatCount(n)}</b>
          </span>
        ))}
      </div>
    </>
  );
};

const Kinds = ({ data }: { data: WhatIfAnswer }) =>
  data.moves_by_kind.length === 0 ? null : (
    <ul className="what-if-kinds">
      {data.moves_by_kind.slice(0, KINDS_SHOWN).map(({ from, to, count }) => (
        <li key={`${from} ${to}`} data-tone={to === 'refused' ? 'refuse' : undefined}>
          <b className="what-if-figure">{formatCount(count)}</b>
          <span className="row">
            {KIND_LABELS[from]}
            <ArrowRight size={12} aria-label="to" />
            {KIND_LABELS[to]}
          </span>
          <span className="text-2 text-xs what-if-cause">
            {commonCause(data.moves.filter((move) => move.from_kind === from && move.to_kind === to)) ?? ''}
          </span>
        </li>
      ))}
    </ul>
  );

const Moves = ({
  moves,
  version,
  search,
  onAddress,
}: {
  moves: readonly WhatIfMove[];
  version: number;
  search: URLSearchParams;
  onAddress: SetAddress;
}) => {
  const ws = useWorkspaceId();
  const isNew = search.get('moves') === 'refused';
  const refused = moves.filter((move) => move.to_kind === 'refused' && move.from_kind !== 'refused');
  const all = isNew ? refused : moves;
  const shown = search.get('all') === '1' ? all : all.slice(0, SHOWN_FIRST);
  return (
    <section>
      <div className="row what-if-head">
        <h2 className="grow">Changed decisions</h2>
        <Segmented
          label="Which"
          value={isNew ? 'refused' : 'all'}
          choices={[
            { value: 'all', label: 'All', count: moves.length },
            { value: 'refused', label: 'Newly refused', count: refused.length },
          ]}
          onChange={(next) => onAddress({ moves: next === 'all' ? null : next })}
        />
      </div>
      <div className="panel">
        <table className="what-if-moves">
          <thead>
            <tr>
              <th scope="col">WU</th>
              <th scope="col">v{version}</th>
              <th scope="col">Draft</th>
              <th scope="col">Because</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((move) => (
              <tr key={move.job_id}>
                <th scope="row">
                  <Link to={routes.job(ws, move.job_id)} title={move.title}>
                    {move.wu_id}
                  </Link>
                </th>
                <td>
                  <Place kind={move.from_kind} name={move.from} />
                </td>
                <td>
                  <Place kind={move.to_kind} name={move.to} />
                </td>
                <td className="text-2" title={move.because}>
                  {capital(move.because)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="panel-foot row">
          {formatCount(shown.length)} of {formatCount(all.length)} shown
          {shown.length < all.length ? (
            <Button className="push" size="small" look="ghost" onClick={() => onAddress({ all: '1' })}>
              Show all
            </Button>
          ) : null}
        </div>
      </div>
    </section>
  );
};

const RangePicker = ({ range, onAddress }: { range: SimulatedRange; onAddress: SetAddress }) => (
  <div className="what-if-range">
    <SelectField
      label="Simulated on"
      isLabelHidden
      isSmall
      value={range.choice}
      items={RANGE_ITEMS}
      onChange={(choice) =>
        onAddress({
          range: choice === DEFAULT_LAST ? null : choice,
          ...(choice === OWN_RANGE ? {} : { from: null, to: null }),
        })
      }
    />
    {range.choice === OWN_RANGE
      ? (['from', 'to'] as const).map((end) => (
          <span key={end} className="input is-small">
            <input
              type="datetime-local"
              aria-label={end === 'from' ? 'From' : 'To'}
              value={range[end]}
              onChange={(event) => onAddress({ [end]: event.target.value })}
            />
          </span>
        ))
      : null}
  </div>
);

const Findings = ({ data, version }: { data: WhatIfAnswer; version: number }) => {
  const words = warnings(data);
  return (
    <>
      <div className="what-if-chart">
        <ChartLegend
          items={[
            { label: 'BYOC', mark: 'solid' },
            { label: 'Managed', mark: 'hatch' },
            { label: 'Waiting or held', mark: <i className="what-if-open" aria-hidden="true" /> },
            { label: 'Refused', mark: 'solid', tone: 'refuse' },
          ]}
        />
        <div className="what-if-bars">
          <Bar name={`v${version}`} sums={data.before} />
          <Bar name="Draft" sums={data.after} />
        </div>
      </div>
      <Kinds data={data} />
      {words.length === 0 ? null : (
        <Banner tone="wait" shape="triangle" title={words[0]}>
          {words.length === 1 ? undefined : words.slice(1).join(' ')}
        </Banner>
      )}
    </>
  );
};

interface SimulatorProps {
  simulation: Simulation;
  version: number;
  range: SimulatedRange;
  search: URLSearchParams;
  onAddress: SetAddress;
}

/** The draft on the real past: how many decisions would change, which way, what it costs, and how sure the model is. */
export const Simulator = ({ simulation, version, range, search, onAddress }: SimulatorProps) => {
  const { data, error, isBusy, isFresh, isAsked, again } = simulation;
  const isShort = data?.not_enough_history != null && data.considered < 20;
  return (
    <div className="what-if" aria-busy={isBusy}>
      <div className="what-if-top">
        <div className="grow" aria-live="polite">
          <h2 className="what-if-title">
            {!isAsked
              ? 'From when to when?'
              : data === undefined
                ? 'Replaying real decisions'
                : isShort
                  ? 'Not enough history'
                  : headline(data)}
          </h2>
          <p className="text-2">
            {data === undefined || !isAsked
              ? 'Nothing is written: the past is only read.'
              : data.decisions === 0
                ? 'No decision was made in this time yet. Submit a job, or look at a longer time.'
                : `${pastWords(data)} ${waitWords(data)}.`}
          </p>
        </div>
        <RangePicker range={range} onAddress={onAddress} />
        <Button size="small" icon={<RotateCw />} label="Simulate again" isBusy={isBusy && isAsked} onClick={again} />
      </div>
      {error !== null ? <ProblemPanel error={error} onRetry={again} /> : null}
      {data === undefined ? (
        error === null && isAsked ? (
          <Skeleton rows={6} rowHeight={40} />
        ) : null
      ) : (
        <div className={isFresh ? 'what-if-body' : 'what-if-body is-stale'}>
          {isShort && data.considered > 0 ? (
            <Banner tone="idle" shape="dashed-circle" title="Judge it with care">
              {data.not_enough_history}
            </Banner>
          ) : null}
          <Findings data={data} version={version} />
          {data.moves.length === 0 ? null : (
            <Moves moves={data.moves} version={version} search={search} onAddress={onAddress} />
          )}
          <p className="text-2 text-xs">
            Under v{version} the same model places {formatCount(data.agreed)} of {formatCount(data.considered)} jobs
            where they really went. A job that would go to another source keeps its measured runtime.{' '}
            {data.assumptions.join(' ')}
          </p>
        </div>
      )}
    </div>
  );
};

import { Link } from 'react-router';
import type { Overview } from '../../../src-server/contract/workspace.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { SourceName } from '../../components/source-name.tsx';
import { formatClockShort } from '../../format/instant.ts';
import { formatPlural } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { ChartLegend } from '../../ui/chart-legend.tsx';
import { Lanes } from '../../ui/lanes.tsx';
import type { LaneSpanInput } from '../../ui/lanes-layout.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';

type Span = Overview['lanes'][number]['spans'][number];
const AXIS_STEPS = 6;
const RANGE_WORDS: Readonly<Record<number, string>> = { 3600000: '60 min', 21600000: '6 h', 86400000: '24 h' };

const lookOf = (span: Span): LaneSpanInput['look'] => {
  if (span.outcome === null) return span.late ? 'late' : 'live';
  return span.outcome === 'lost' ? 'lost' : 'done';
};

/** Where work went over the last while: bars of leases by source. */
export const LanesPanel = ({ data }: { data: Overview }) => {
  const ws = useWorkspaceId();
  const clock = useNow();
  const range = RANGE_WORDS[data.range_ms] ?? '60 min';
  const axis = Array.from({ length: AXIS_STEPS + 1 }, (_, i) =>
    i === AXIS_STEPS ? 'now' : formatClockShort(clock - data.range_ms * (1 - i / AXIS_STEPS)),
  );
  const lost = data.lanes.flatMap((lane) => lane.spans).filter((span) => span.outcome === 'lost').length;
  return (
    <Panel
      title={`Leases, last ${range}`}
      end={
        <ChartLegend
          items={[
            { label: 'BYOC', mark: 'solid', tone: 'run' },
            { label: 'Managed', mark: 'hatch', tone: 'run' },
            { label: 'Finished', mark: 'solid', tone: 'done' },
            { label: 'Late', mark: 'solid', tone: 'wait' },
            {
              label: 'Lease lost',
              mark: (
                <span data-tone="fail">
                  <StateGlyph shape="cross" size={10} className="tone" />
                </span>
              ),
            },
          ]}
        />
      }
    >
      {data.lanes.length === 0 ? (
        <p className="overview-quiet">No lease yet. The first one starts a lane for its source.</p>
      ) : (
        <div className="overview-lanes">
          <Lanes
            label={`${formatPlural(data.leases.active, 'live lease')} on ${formatPlural(data.lanes.length, 'source')}, ${lost} lost in the last ${range}`}
            rangeMs={data.range_ms}
            axis={axis}
            lanes={data.lanes.map((lane) => ({
              id: lane.source_id,
              isHatched: lane.side === 'managed',
              label: (
                <Link className="truncate" to={routes.sources(ws, { source: lane.source_id })}>
                  <SourceName kind={lane.kind} name={lane.name} />
                </Link>
              ),
              end: lane.in_use,
              spans: lane.spans.map((span) => ({
                id: span.lease_id,
                fromMsAgo: span.from_ms_ago,
                toMsAgo: span.to_ms_ago,
                look: lookOf(span),
              })),
            }))}
          />
        </div>
      )}
    </Panel>
  );
};

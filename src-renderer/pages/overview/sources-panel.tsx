import { Link } from 'react-router';
import { LATE_AFTER_MS, OFFLINE_AFTER_MS } from '../../../src-server/contract/limits.ts';
import type { Overview } from '../../../src-server/contract/workspace.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { SeenAgo } from '../../components/seen-ago.tsx';
import { SourceName } from '../../components/source-name.tsx';
import { formatSpan } from '../../format/duration.ts';
import { formatCount } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { sourceLook } from '../../ui/state-vocabulary.ts';

type Row = Overview['sources'][number];

const SourceRow = ({ row }: { row: Row }) => {
  const ws = useWorkspaceId();
  const look = sourceLook(row);
  const share = row.capacity === 0 ? 0 : Math.min(1, row.in_use / row.capacity);
  return (
    <li>
      <Link className="overview-source" to={routes.sources(ws, { source: row.source_id })}>
        <span data-tone={look.tone} title={look.label}>
          <StateGlyph shape={look.shape} className="tone" />
          <span className="visually-hidden">{look.label}</span>
        </span>
        <SourceName kind={row.kind} name={row.name} size={16} />
        <span className="slots-share">
          <span>
            {row.in_use}/{row.capacity}
            <span className="visually-hidden"> slots in use</span>
          </span>
          <span className={row.side === 'managed' ? 'slots-bar is-hatched' : 'slots-bar'} aria-hidden="true">
            <i style={{ width: `${share * 100}%` }} />
          </span>
        </span>
        <span
          className="text-xs overview-seen"
          data-tone={row.state === 'late' ? 'wait' : undefined}
          title="Since the last heartbeat"
        >
          <SeenAgo sourceId={row.source_id} isShort />
        </span>
      </Link>
    </li>
  );
};

/** The rules of the states, or the way to the sources that found no room here. */
const Foot = ({ data }: { data: Overview }) => {
  const ws = useWorkspaceId();
  if (data.source_counts.total <= data.sources.length) {
    return <>{`Late after ${formatSpan(LATE_AFTER_MS)}, offline after ${formatSpan(OFFLINE_AFTER_MS)}`}</>;
  }
  return (
    <Link className="text-link" to={routes.sources(ws)}>
      {data.source_counts.total === 1 ? 'Open the source' : `All ${formatCount(data.source_counts.total)} sources`}
    </Link>
  );
};

/** Every source with its slots and last sign of life. */
export const SourcesPanel = ({ data }: { data: Overview }) => (
  <Panel
    title="Sources"
    className="overview-fill"
    end={
      <span className="text-2 text-xs">
        {formatCount(data.source_counts.taking_jobs)} of {formatCount(data.source_counts.total)} taking jobs
      </span>
    }
    foot={<Foot data={data} />}
  >
    {data.sources.length === 0 ? (
      <p className="overview-quiet">No sources yet. Add a runner you operate, or let the managed pool take work.</p>
    ) : (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
      <ul className="overview-scroll" tabIndex={0} aria-label="Sources">
        {data.sources.map((row) => (
          <SourceRow key={row.source_id} row={row} />
        ))}
      </ul>
    )}
  </Panel>
);

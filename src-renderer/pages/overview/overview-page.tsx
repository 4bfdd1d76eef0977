import { Plug, Plus } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import type { Overview } from '../../../src-server/contract/workspace.ts';
import { type OverviewRange, useOverview } from '../../api/overview.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { formatPlural } from '../../format/number.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { routes } from '../../routes.ts';
import { buttonClass } from '../../ui/button.tsx';
import { KeyCaps } from '../../ui/key-caps.tsx';
import { type Choice, Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { AssignmentsPanel } from './assignments-panel.tsx';
import { FirstSteps } from './first-steps.tsx';
import { HealthStrip } from './health-strip.tsx';
import { LanesPanel } from './lanes-panel.tsx';
import { NeedsYouPanel } from './needs-you-panel.tsx';
import { SourcesPanel } from './sources-panel.tsx';
import './overview-page.css';

const RANGES: readonly Choice<OverviewRange>[] = [
  { value: '1h', label: '1 h' },
  { value: '6h', label: '6 h' },
  { value: '24h', label: '24 h' },
];

/** No job was ever submitted here: the page then leads, instead of showing zeros. */
const isFresh = (data: Overview) => data.decisions.length === 0 && Object.values(data.job_counts).every((n) => n === 0);

const Dashboard = ({ data }: { data: Overview }) => (
  <div className="overview">
    <HealthStrip data={data} />
    <div className="overview-column">
      <LanesPanel data={data} />
      <AssignmentsPanel data={data} />
    </div>
    <div className="overview-column">
      <NeedsYouPanel data={data} />
      <SourcesPanel data={data} />
    </div>
  </div>
);

/** Is it healthy, where is work going, what needs me. */
export const OverviewPage = () => {
  const ws = useWorkspaceId();
  const [search, setSearch] = useSearchParams();
  const range = RANGES.find((choice) => choice.value === search.get('range'))?.value ?? '1h';
  const { data, error, refetch } = useOverview(range);
  const sub =
    data === undefined
      ? undefined
      : `${formatPlural(data.leases.active, 'lease')} on ${formatPlural(data.leases.sources, 'source')}`;
  const isEmpty = data !== undefined && isFresh(data);
  return (
    <Page
      title="Overview"
      sub={isEmpty ? undefined : sub}
      actions={
        isEmpty ? undefined : (
          <>
            <Segmented
              label="Time range"
              value={range}
              choices={RANGES}
              onChange={(value) => setSearch(value === '1h' ? {} : { range: value }, { replace: true })}
            />
            <Link className={buttonClass()} to={routes.addRunner(ws)}>
              <Plug aria-hidden="true" />
              Add runner
            </Link>
            <Link className={buttonClass('primary')} to={routes.submitJob(ws)}>
              <Plus aria-hidden="true" />
              Submit job
              <KeyCaps keys={keysOf('job.submit')} />
            </Link>
          </>
        )
      }
    >
      {data === undefined ? (
        error === null ? (
          <Skeleton rows={8} rowHeight={64} />
        ) : (
          <ProblemPanel error={error} onRetry={() => void refetch()} />
        )
      ) : isEmpty ? (
        <FirstSteps data={data} />
      ) : (
        <Dashboard data={data} />
      )}
    </Page>
  );
};

import { Link } from 'react-router';
import type { ActionItem } from '../../../src-server/contract/agent.ts';
import type { Attempt, Job } from '../../../src-server/contract/job.ts';
import { useJobActions } from '../../api/jobs.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { useIsNarrow } from '../../components/narrow.ts';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { formatWhen } from '../../format/instant.ts';
import { formatHash, formatSeq } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { actionLook, costWords, noActionWords, shownText, totalWords } from './agent-action-words.ts';
import './agent-actions-tab.css';

const When = ({ at }: { at: string }) => <>{formatWhen(at, useNow())}</>;
const Approval = ({ id }: { id: string }) => (
  <Link className="mono" to={routes.approvals(useWorkspaceId(), { show: 'decided', item: id })}>
    {formatHash(id.slice(id.indexOf('_') + 1))}
  </Link>
);
const Entry = ({ seq }: { seq: number }) => (
  <Link className="mono" to={routes.evidence(useWorkspaceId(), { entry: String(seq) })}>
    {formatSeq(seq)}
  </Link>
);

const COLUMNS: readonly (Column<ActionItem> & { isNarrowToo?: boolean })[] = [
  { id: 'n', header: '#', width: '28px', align: 'right', cell: ({ n }) => <span className="text-3">{n}</span> },
  {
    id: 'tool',
    header: 'Tool',
    width: '76px',
    cell: ({ tool }) => <span className="mono">{tool}</span>,
    isNarrowToo: true,
  },
  {
    id: 'what',
    header: 'What',
    width: 'minmax(120px, 1fr)',
    cell: ({ summary, detail }) => (
      <span
        className="action-what"
        title={[summary, detail].flatMap((text) => (text === null ? [] : shownText(text))).join('\n')}
      >
        <span className="mono truncate">{shownText(summary)}</span>
        {detail === null ? null : <span className="truncate text-2">{shownText(detail)}</span>}
      </span>
    ),
    isNarrowToo: true,
  },
  {
    id: 'verdict',
    header: 'Verdict',
    width: '124px',
    cell: (action) => <StateBadge look={actionLook(action)} />,
    isNarrowToo: true,
  },
  {
    id: 'cost',
    header: 'Cost',
    width: '76px',
    align: 'right',
    cell: (action) => <span title={`${action.cost_mcu} milli-CU`}>{costWords(action)}</span>,
    isNarrowToo: true,
  },
  {
    id: 'approval',
    header: 'Approval',
    width: '76px',
    cell: ({ approval_id: id }) => (id === null ? <span className="text-3">–</span> : <Approval id={id} />),
  },
  { id: 'when', header: 'When', width: '96px', cell: ({ at }) => <When at={at} />, isNarrowToo: true },
  { id: 'entry', header: 'Entry', width: '64px', cell: ({ seq }) => <Entry seq={seq} /> },
];
const NARROW = COLUMNS.filter(({ isNarrowToo }) => isNarrowToo === true);

/** How many calls the attempt made and what they took of its extras; nothing while that is not known. */
export const AgentActionsTotal = ({ job, attempt }: { job: Job; attempt: Attempt | null }) => {
  const { data } = useJobActions(job.job_id);
  if (data === undefined || attempt === null) return null;
  const own = data.filter(({ lease_id: leaseId }) => leaseId === attempt.lease_id);
  return <span className="text-xs text-2">{totalWords(own, job.spec.budget.extras_mcu)}</span>;
};

/** The calls of an agent as they were recorded, newest first, each with its entry in the log. */
export const AgentActionsTab = ({ job, attempt }: { job: Job; attempt: Attempt | null }) => {
  const { data, error, refetch } = useJobActions(job.job_id);
  const isNarrow = useIsNarrow();
  if (data === undefined)
    return error === null ? <Skeleton rows={3} /> : <ProblemPanel error={error} onRetry={() => void refetch()} />;
  const rows = data.filter(({ lease_id: leaseId }) => leaseId === attempt?.lease_id).reverse();
  return (
    <>
      {attempt?.receipt_problem === undefined ? null : (
        <p className="log-note row" data-tone="fail">
          <StateGlyph shape="split-link" size={14} className="tone" />
          {attempt.receipt_problem}
        </p>
      )}
      <Table
        label={`Calls of attempt ${Math.max(1, attempt?.attempt ?? 1)}`}
        columns={isNarrow ? NARROW : COLUMNS}
        rows={rows}
        idOf={({ seq }) => String(seq)}
        rowHeight={28}
        listKey={attempt?.lease_id ?? ''}
        placeholder={<p className="log-empty text-2">{noActionWords(attempt)}</p>}
      />
    </>
  );
};

import { ChevronLeft } from 'lucide-react';
import { useCallback } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { DecisionRecord } from '../../../src-server/contract/decision.ts';
import type { Job } from '../../../src-server/contract/job.ts';
import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { useJob, useJobDecisions, useJobEvidence, useJobExplain } from '../../api/jobs.ts';
import { useSourceLeases } from '../../api/leases.ts';
import { useOverview } from '../../api/overview.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { useCandidateNames } from '../../components/decision-table/candidate-names.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { formatWhen } from '../../format/instant.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { jobLook } from '../../ui/state-vocabulary.ts';
import { AnswersPanel } from './answers-panel.tsx';
import { AttemptsPanel } from './attempts-panel.tsx';
import { BudgetCheck } from './budget-check.tsx';
import { DecisionPanel, idsOf } from './decision-panel.tsx';
import { EntryPeek } from './entry-peek.tsx';
import { FallbackPanel } from './fallback-panel.tsx';
import { JobActions } from './job-actions.tsx';
import { JobEvidence } from './job-evidence.tsx';
import { candidateWords, decisionOf, headline, isWaiting, retryWords, termsOf } from './job-facts.ts';
import { JobSummary, useRenewedMsAgo } from './job-summary.tsx';
import { LogDock } from './log-dock.tsx';
import { ReplayLink } from './replay-link.tsx';
import { WaitingPanel } from './waiting-panel.tsx';
import { WhyStatement } from './why-statement.tsx';
import './job-page.css';

const NO_ENTRIES: readonly EvidenceItem[] = [];
const NO_DECISIONS: readonly DecisionRecord[] = [];

const Crumb = () => (
  <Link className="crumb" to={routes.jobs(useWorkspaceId())}>
    <ChevronLeft size={16} aria-hidden="true" />
    Jobs
  </Link>
);

const Pill = ({ job }: { job: Job }) => {
  const clock = useNow();
  return <StateBadge isPill look={jobLook(job)} label={headline(job, clock)} />;
};

const JobView = ({ job }: { job: Job }) => {
  const [search, setSearch] = useSearchParams();
  const clock = useNow();
  const waits = isWaiting(job);
  const { data: decisions = NO_DECISIONS, isPending } = useJobDecisions(job.job_id);
  // A refused job is over, but what would place it again is worth to know.
  const isRefused = job.state === 'refused';
  const explained = useJobExplain(job.job_id, waits || isRefused);
  const explain = explained.data ?? null;
  // What stands above the attempts is drawn with them, or they would be pushed down when it comes.
  const isWhole = waits || isRefused ? !explained.isPending : !isPending;
  const { data: entries = NO_ENTRIES } = useJobEvidence(job.job_id);
  const { data: overview } = useOverview();
  const { data: leases } = useSourceLeases(job.lease_id === null ? null : job.source_id);
  const lease = leases?.find((item) => item.lease_id === job.lease_id) ?? null;
  const renewedMsAgo = useRenewedMsAgo(lease);
  const record = decisionOf(job, decisions);
  const now = waits ? explain : null;
  const nameOf = useCandidateNames(idsOf(record));

  const open = Number(search.get('entry'));
  const entry = search.has('entry') ? (entries.find(({ seq }) => seq === open) ?? null) : null;
  const showEntry = useCallback(
    (seq: number | null) =>
      setSearch(seq === null ? {} : { entry: String(seq) }, { replace: true, preventScrollReset: true }),
    [setSearch],
  );
  const version = record?.policy_version ?? job.policy_version;
  const mode = overview !== undefined && overview.policy.version === version ? overview.policy.mode : null;
  const sourceNames = [
    ...(now?.candidates.map((candidate) => candidate.name) ?? []),
    ...(record?.candidates.flatMap((group) => group.source_ids.map((id) => nameOf(id).name)) ?? []),
  ];
  const side = job.source_id === null ? null : job.source_kind === 'managed_pool' ? 'managed' : ('byoc' as const);
  return (
    <Page
      title={`${job.wu_id} ${job.title}`}
      isFlush
      head={
        <>
          <Crumb />
          <span className="toolbar-rule" />
          <h1>{job.wu_id}</h1>
          <span className="job-title truncate">{job.title}</span>
          <Pill job={job} />
        </>
      }
      actions={
        <>
          <ReplayLink entries={entries} />
          <JobActions job={job} />
        </>
      }
      aside={
        entry === null ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
          <aside className="job-aside" aria-label="Job facts" tabIndex={0}>
            <JobSummary job={job} lease={lease} />
            <BudgetCheck job={job} budget={now?.budget ?? record?.budget ?? null} side={side} />
            <JobEvidence job={job} entries={entries} openSeq={null} onOpen={showEntry} />
          </aside>
        ) : (
          <EntryPeek entry={entry} onClose={() => showEntry(null)} />
        )
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
      <div className="job-main" tabIndex={0}>
        <WhyStatement
          sentence={job.why}
          terms={termsOf(job, sourceNames)}
          meta={[
            record === null ? null : `Decision ${record.label}`,
            record === null ? null : formatWhen(record.at, clock),
            version === null ? null : `Policy v${version}${mode === null ? '' : ` ${mode}`}`,
            candidateWords(record, now),
            retryWords(job),
          ]}
        />
        {isWhole ? null : <Skeleton rows={6} rowHeight={28} />}
        {job.hold === 'fallback_ask' && job.approval_id !== null ? (
          <FallbackPanel job={job} approvalId={job.approval_id} />
        ) : null}
        {explain !== null && (waits || isRefused) ? <WaitingPanel job={job} explain={explain} /> : null}
        {isWhole ? <DecisionPanel job={job} explain={now} record={record} mode={mode} /> : null}
        {waits ? <AnswersPanel decisions={decisions} /> : null}
        {isWhole ? <AttemptsPanel job={job} entries={entries} renewedMsAgo={renewedMsAgo} /> : null}
      </div>
      {waits && job.attempts.length === 0 ? null : <LogDock job={job} />}
    </Page>
  );
};

/** Prove the decision, follow the attempts. */
export const JobPage = () => {
  const { jobId = '' } = useParams();
  const { data: job, error, refetch } = useJob(jobId);
  if (job !== undefined) return <JobView key={job.job_id} job={job} />;
  return (
    <Page title="Job" isFlush head={<Crumb />}>
      {error === null ? <Skeleton rows={12} /> : <ProblemPanel error={error} onRetry={() => void refetch()} />}
    </Page>
  );
};

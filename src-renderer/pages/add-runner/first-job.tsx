import { Plus } from 'lucide-react';
import { Link } from 'react-router';
import type { Job } from '../../../src-server/contract/job.ts';
import type { SourceDetail } from '../../../src-server/contract/source.ts';
import { useJob } from '../../api/jobs.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { useLogTail } from '../../components/log/use-log-tail.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { WhyText } from '../../components/why-text.tsx';
import { formatDuration } from '../../format/duration.ts';
import { formatClock } from '../../format/instant.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { jobLook } from '../../ui/state-vocabulary.ts';
import { LiveStep } from './live-step.tsx';

const LINES_SHOWN = 6;
const ENDED_BADLY: readonly string[] = ['failed', 'refused', 'dead_letter', 'canceled'];

const JobFacts = ({ job, source }: { job: Job; source: SourceDetail }) => {
  const ws = useWorkspaceId();
  const attempt = job.attempts.at(-1) ?? null;
  const tail = useLogTail(job.job_id, attempt?.lease_id ?? null, 'stdout');
  const isElsewhere = job.source_id !== null && job.source_id !== source.source_id;
  return (
    <div className="first-job">
      <div className="row">
        <StateBadge look={jobLook(job)} />
        {attempt === null ? null : (
          <span className="text-2 text-xs">
            Token {attempt.fence}, attempt {Math.max(1, attempt.attempt)} of {job.max_attempts}
            {attempt.exit_code === null ? '' : `, exit ${attempt.exit_code}`}
          </span>
        )}
        <Link className={`${buttonClass('default', 'small')} push`} to={routes.job(ws, job.job_id)}>
          Open the job
        </Link>
      </div>
      <p>
        <WhyText sentence={job.why} />
      </p>
      {isElsewhere ? (
        <p className="text-2 text-xs">
          It went to {job.source_name}, which fits too. Give {source.name} a label of its own to aim a job at it.
        </p>
      ) : null}
      {tail.lines.length === 0 ? null : (
        <pre className="first-log" translate="no">
          {tail.lines.slice(-LINES_SHOWN).join('\n')}
        </pre>
      )}
    </div>
  );
};

interface FirstJobProps {
  source: SourceDetail;
  jobId: string | null;
  runCommand: string | undefined;
  isReady: boolean;
  submit: { run: () => void; isBusy: boolean; problem: unknown; disabledReason: string | undefined };
}

/** The last stage: a tiny real job, from its claim to its end. */
export const FirstJob = ({ source, jobId, runCommand, isReady, submit }: FirstJobProps) => {
  const clock = useNow();
  const { data: job } = useJob(jobId ?? '', jobId !== null);
  if (!isReady && job === undefined) return <LiveStep state="later" title="First job" />;
  if (job === undefined) {
    return (
      <LiveStep state="live" title="Waiting for the first job">
        <p className="text-2 text-xs">
          Submit a test job, then run command 3 on {source.name}: it claims one job, runs it and stops.
        </p>
        <div className="row live-actions">
          <Button
            size="small"
            icon={<Plus />}
            disabledReason={submit.disabledReason}
            isBusy={submit.isBusy}
            busyLabel="Submitting"
            onClick={submit.run}
          >
            Submit a test job
          </Button>
          {runCommand === undefined ? null : (
            <CopyButton size="small" text={runCommand}>
              Copy run --once
            </CopyButton>
          )}
        </div>
        {submit.problem === null ? null : (
          <p className="field-error" role="alert">
            {problemText(submit.problem)}
          </p>
        )}
      </LiveStep>
    );
  }
  const isBad = ENDED_BADLY.includes(job.state);
  const isDone = job.state === 'succeeded';
  const waits = job.state === 'queued' || job.state === 'held';
  const title = isDone
    ? 'First job succeeded'
    : isBad
      ? 'The first job did not succeed'
      : waits
        ? 'Waiting for a claim'
        : 'The first job runs';
  return (
    <LiveStep
      state={isDone ? 'done' : isBad ? 'failed' : 'live'}
      title={title}
      end={job.finished_at === null ? formatDuration(clock - Date.parse(job.created_at)) : formatClock(job.finished_at)}
    >
      {waits && runCommand !== undefined ? (
        <div className="row live-actions">
          <span className="text-2 text-xs">Run command 3 on {source.name} now.</span>
          <CopyButton size="small" text={runCommand}>
            Copy run --once
          </CopyButton>
        </div>
      ) : null}
      <JobFacts job={job} source={source} />
    </LiveStep>
  );
};

import { useNavigate } from 'react-router';
import type { Commands, Enrollment, SourceDetail } from '../../../src-server/contract/source.ts';
import { useLackOf } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { formatDuration } from '../../format/duration.ts';
import { formatClock } from '../../format/instant.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DoctorChecks } from './doctor-checks.tsx';
import { FirstJob } from './first-job.tsx';
import { LiveStep } from './live-step.tsx';
import type { RunnerProgress } from './runner-progress.ts';
import { StepFrame } from './step-frame.tsx';
import { testJob } from './test-job.ts';

interface StepFirstJobProps {
  source: SourceDetail;
  enrollment: Enrollment | null;
  commands: Commands | null;
  progress: RunnerProgress;
  jobId: string | null;
  onJob: (jobId: string) => void;
  onBack: () => void;
}

const LEADS: Readonly<Record<RunnerProgress['stage'], (name: string) => string>> = {
  waiting: (name) => `Run the connect command on ${name}. This page updates on its own.`,
  connected: (name) => `Run the doctor command on ${name}. This page updates on its own.`,
  unfit: () => 'A required check failed. This source gets no jobs until it passes.',
  ready: () => 'Every required check passed. A first job shows that work really runs there.',
};

/** Step 5: connected, doctor, first job, each as it happens. */
export const StepFirstJob = (props: StepFirstJobProps) => {
  const { source, enrollment, commands, progress } = props;
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const clock = useNow();
  const lack = useLackOf('operate');
  const submit = useAction('jobSubmit');
  const { stage } = progress;
  const set = commands?.bash;
  const { session, doctor } = source;
  return (
    <StepFrame
      title={stage === 'waiting' ? `Waiting for ${source.name}` : `${source.name} is connected`}
      lead={LEADS[stage](source.name)}
      foot={
        <>
          <Button size="large" onClick={props.onBack}>
            Back
          </Button>
          <Button className="push" look="primary" size="large" onClick={() => void navigate(routes.sources(ws))}>
            Finish
          </Button>
        </>
      }
    >
      <ol className="live-steps">
        {stage === 'waiting' ? (
          <LiveStep
            state="live"
            title="Waiting for connect"
            end={enrollment === null ? undefined : formatDuration(clock - Date.parse(enrollment.created_at))}
          >
            <p className="text-2 text-xs">
              {enrollment?.state === 'expired'
                ? 'This credential expired unused. Create a new one.'
                : 'No runner has reached this control plane with this credential yet.'}
            </p>
            {set === undefined ? null : (
              <div className="row live-actions">
                <CopyButton size="small" text={set.connect}>
                  Copy connect
                </CopyButton>
              </div>
            )}
          </LiveStep>
        ) : (
          <LiveStep
            state="done"
            title="Connected"
            end={session === null ? undefined : formatClock(session.registered_at)}
          >
            <p className="text-2 text-xs">
              Session registered, plane key pinned, credential used up.
              {source.compute_class === null ? '' : ` Class ${source.compute_class}.`}
            </p>
          </LiveStep>
        )}
        {doctor === null ? (
          <LiveStep
            state={stage === 'connected' ? 'live' : 'later'}
            title={stage === 'connected' ? 'Waiting for doctor' : 'Doctor'}
          >
            {stage === 'connected' && set !== undefined ? (
              <div className="row live-actions">
                <CopyButton size="small" text={set.doctor}>
                  Copy doctor
                </CopyButton>
              </div>
            ) : undefined}
          </LiveStep>
        ) : (
          <LiveStep
            state={stage === 'unfit' ? 'failed' : 'done'}
            title={`Doctor: ${doctor.passed} of ${doctor.total} passed`}
            end={formatClock(doctor.at)}
          >
            {source.quarantine_reason === null ? null : <p className="text-2">{source.quarantine_reason}</p>}
            <DoctorChecks checks={doctor.checks} />
          </LiveStep>
        )}
        <FirstJob
          source={source}
          jobId={props.jobId}
          runCommand={set?.run}
          isReady={stage === 'ready' || stage === 'connected'}
          submit={{
            run: () => submit.mutate({ body: testJob(source) }, { onSuccess: (job) => props.onJob(job.job_id) }),
            isBusy: submit.isPending,
            problem: submit.error,
            disabledReason: lack,
          }}
        />
      </ol>
    </StepFrame>
  );
};

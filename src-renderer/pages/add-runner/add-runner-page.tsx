import { ChevronLeft } from 'lucide-react';
import { useCallback, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { enrollmentId as enrollmentIdSchema, jobId as jobIdSchema } from '../../../src-server/contract/ids.ts';
import type { FieldError } from '../../../src-server/contract/problems.ts';
import { useEnrollment } from '../../api/enrollments.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useLackOf, useSession } from '../../api/session.ts';
import { useSource } from '../../api/sources.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { routes } from '../../routes.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ClusterFields } from './cluster-fields.tsx';
import { type ClusterDraft, readCluster, withCluster } from './cluster-options.ts';
import { runnerProgress } from './runner-progress.ts';
import { StepConnect } from './step-connect.tsx';
import { StepCredential } from './step-credential.tsx';
import { StepFirstJob } from './step-first-job.tsx';
import { StepRunner } from './step-runner.tsx';
import { StepSource } from './step-source.tsx';
import { useEnrolling } from './use-enrolling.ts';
import { WantedNotice } from './wanted-notice.tsx';
import { draftFor, readWanted } from './wanted-runner.ts';
import { PLACES, readWizard, type WizardDraft } from './wizard-draft.ts';
import { WizardSteps } from './wizard-steps.tsx';
import { WizardSummary } from './wizard-summary.tsx';
import './add-runner-page.css';

const LAST_STEP = 5;
const CREDENTIAL_STEP = 3;
const NO_ERRORS: readonly FieldError[] = [];

/** The step of the address, within what is possible: before an enrollment there are two, after it the last three. */
const stepOf = (text: string | null, isEnrolled: boolean): number => {
  const step = Number(text ?? (isEnrolled ? CREDENTIAL_STEP : 1));
  const [least, most] = isEnrolled ? [CREDENTIAL_STEP, LAST_STEP] : [1, CREDENTIAL_STEP - 1];
  return Number.isInteger(step) ? Math.min(most, Math.max(least, step)) : least;
};

const parsed = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: string | null) =>
  value !== null && schema.safeParse(value).success ? value : null;

/** Enroll safely, see the first job run. The address holds the step and the enrollment, never a secret. */
export const AddRunnerPage = () => {
  const ws = useWorkspaceId();
  const [search, setSearch] = useSearchParams();
  const enrollmentId = parsed(enrollmentIdSchema, search.get('enrollment'));
  const step = stepOf(search.get('step'), enrollmentId !== null);
  const { data: session } = useSession();
  const lack = useLackOf('operate');
  const isLoopbackOnly = session?.plane.loopback_only ?? false;
  const wanted = readWanted(search);
  const [draft, setDraft] = useState<WizardDraft>(() => draftFor(wanted));
  const [isChecked, setChecked] = useState(false);
  const change = (part: Partial<WizardDraft>) => setDraft((before) => ({ ...before, ...part }));

  const setParams = useCallback(
    (part: Record<string, string>) =>
      setSearch((before) => new URLSearchParams({ ...Object.fromEntries(before), ...part }), { replace: true }),
    [setSearch],
  );
  const enrolling = useEnrolling(enrollmentId, (id) => setParams({ enrollment: id, step: String(CREDENTIAL_STEP) }));
  const { data: enrollment = null, error, refetch } = useEnrollment(enrollmentId);
  const { data: source = null } = useSource(enrollment?.source_id ?? null);
  const [cluster, setCluster] = useState(() => readCluster(search));
  const changeCluster = (part: Partial<ClusterDraft>) => {
    setCluster((before) => ({ ...before, ...part }));
    setParams(part);
  };
  const isInCluster = source?.kind === 'kubernetes_worker';
  const printed = enrolling.commands;
  const commands = isInCluster && printed !== null ? withCluster(printed, cluster) : printed;
  const go = (next: number) => {
    if (step === CREDENTIAL_STEP && next !== CREDENTIAL_STEP) enrolling.forget();
    setParams({ step: String(next) });
  };

  const name = source?.name ?? draft.name ?? PLACES[draft.place].name;
  const progress = runnerProgress(name, source, enrollment);
  const read = readWizard(draft);
  const refused = enrolling.problem instanceof ApiProblem ? enrolling.problem.errors : NO_ERRORS;
  const create = () => {
    setChecked(true);
    if (read.body !== null) void enrolling.create(read.body);
  };
  const notice = wanted === null ? null : <WantedNotice wanted={wanted} />;
  const body = () => {
    if (step === 1) {
      return (
        <StepSource
          draft={draft}
          notice={notice}
          isLoopbackOnly={isLoopbackOnly}
          onChange={change}
          onNext={() => go(2)}
        />
      );
    }
    if (step === 2) {
      return (
        <StepRunner
          draft={draft}
          notice={notice}
          errors={[...(isChecked ? read.errors : []), ...refused]}
          problem={enrolling.problem}
          isBusy={enrolling.isBusy}
          disabledReason={lack}
          onChange={change}
          onBack={() => go(1)}
          onCreate={create}
        />
      );
    }
    if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
    if (source === null) return <Skeleton rows={6} />;
    if (step === CREDENTIAL_STEP) {
      return (
        <StepCredential
          // Another credential is another step: what was ticked for the old one does not count.
          key={enrollmentId}
          enrolling={enrolling}
          enrollment={enrollment}
          kind={source.kind}
          disabledReason={lack}
          onBack={() => {
            enrolling.forget();
            setSearch(
              (before) => {
                const next = new URLSearchParams(before);
                next.delete('enrollment');
                next.set('step', '2');
                return next;
              },
              { replace: true },
            );
          }}
          onNext={() => go(4)}
        />
      );
    }
    if (step === 4) {
      return (
        <StepConnect
          name={name}
          commands={commands}
          progress={progress}
          fields={isInCluster ? <ClusterFields draft={cluster} onChange={changeCluster} /> : null}
          isUnreachable={isLoopbackOnly && source.kind !== 'laptop'}
          onBack={() => go(CREDENTIAL_STEP)}
          onNext={() => go(LAST_STEP)}
        />
      );
    }
    return (
      <StepFirstJob
        source={source}
        enrollment={enrollment}
        commands={commands}
        progress={progress}
        jobId={parsed(jobIdSchema, search.get('job'))}
        onJob={(id) => setParams({ job: id })}
        onBack={() => go(4)}
      />
    );
  };
  const workspace = session?.workspaces.find((item) => item.workspace_id === ws)?.name ?? '–';
  return (
    <Page
      title="Add runner"
      isFlush
      head={
        <>
          <Link className="crumb" to={routes.sources(ws)}>
            <ChevronLeft size={16} aria-hidden="true" />
            Sources
          </Link>
          <span className="toolbar-rule" />
          <h1>Add runner</h1>
        </>
      }
      aside={<WizardSummary draft={draft} source={source} workspace={workspace} />}
    >
      <div className="wizard">
        <WizardSteps current={step} />
        <div className="wizard-main" key={step}>
          {body()}
        </div>
      </div>
    </Page>
  );
};

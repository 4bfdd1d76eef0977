import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { ApprovalDetail } from '../../../src-server/contract/approval.ts';
import { useApproval } from '../../api/approvals.ts';
import { keys } from '../../api/keys.ts';
import { useLackOf, useSession } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useExpiresInMs } from '../../api/volatile.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { formatAge } from '../../format/duration.ts';
import { formatWhen } from '../../format/instant.ts';
import { formatHash } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { toast } from '../../stores/toasts.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { APPROVAL_LOOKS } from '../../ui/state-vocabulary.ts';
import { EffectList } from './approval-effects.tsx';
import { approveLack, changeLines, commandLines } from './approval-words.ts';
import { DecisionBar } from './decision-bar.tsx';
import { CodeLines, ItemFrame } from './item-frame.tsx';

const ApprovalBar = ({ detail }: { detail: ApprovalDetail }) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const { data: session } = useSession();
  const lack = useLackOf('approve');
  const decide = useAction('approvalDecide');
  const name = detail.wu_id ?? 'The request';
  const answer = (decision: 'approved' | 'rejected', reason: string | undefined) =>
    decide.mutate(
      {
        params: { approval_id: detail.approval_id },
        body: { decision, reason, ...(detail.digest === null ? {} : { digest: detail.digest }) },
      },
      {
        onSuccess: () => {
          toast(`${name} ${decision}.`);
          void client.invalidateQueries({ queryKey: keys.approvalLists(ws) });
          void client.invalidateQueries({ queryKey: keys.approvalDetails(ws) });
        },
      },
    );
  const answered = decide.variables?.body?.decision;
  return (
    <DecisionBar
      yesLabel="Approve"
      yesBusy="Approving"
      noLabel="Reject"
      noBusy="Rejecting"
      yesLack={approveLack(detail, session, lack)}
      noLack={lack}
      busy={decide.isPending ? (answered === 'approved' ? 'yes' : 'no') : null}
      problem={decide.error}
      onYes={(reason) => answer('approved', reason)}
      onNo={(reason) => answer('rejected', reason)}
    />
  );
};

const WhoDecides = ({ detail }: { detail: ApprovalDetail }) => {
  const { data: session } = useSession();
  const lack = approveLack(detail, session, useLackOf('approve'));
  return (
    <section>
      <h3>Who may decide</h3>
      <div className="approval-who">
        {lack === undefined ? (
          <StateBadge look={APPROVAL_LOOKS.pending} label={`You, as ${session?.operator.role ?? 'approver'}`} />
        ) : (
          <StateBadge look={{ label: lack, shape: 'slash-circle', tone: 'idle' }} />
        )}
        {detail.four_eyes && detail.not_by.length > 0 ? (
          <StateBadge
            look={{ label: `${detail.not_by.join(', ')} asked for it, four-eyes`, shape: 'slash-circle', tone: 'idle' }}
          />
        ) : null}
      </div>
    </section>
  );
};

const useFacts = (detail: ApprovalDetail) => {
  const ws = useWorkspaceId();
  const clock = useNow();
  const expiresInMs = useExpiresInMs(detail.approval_id);
  const asked = Date.parse(detail.requested_at);
  return [
    [
      'WU',
      detail.job_id === null ? (
        (detail.wu_id ?? '–')
      ) : (
        <Link key="job" className="link" to={routes.job(ws, detail.job_id)}>
          {detail.wu_id ?? detail.job_id}
        </Link>
      ),
    ],
    ['Asked by', detail.requested_by],
    ...(detail.status === 'pending'
      ? ([
          ['Waiting', formatAge(Math.max(0, clock - asked))],
          ['Expires', expiresInMs === null ? 'with the job' : `in ${formatAge(expiresInMs)}`],
        ] as const)
      : ([
          [
            APPROVAL_LOOKS[detail.status].label,
            detail.decided_at === null ? '–' : formatWhen(detail.decided_at, clock),
          ],
          ['By', detail.decided_by ?? 'plane'],
        ] as const)),
    [
      'Bound to digest',
      <span
        key="digest"
        className="mono text-xs"
        title={`${detail.digest ?? 'None'}. SHA-256 of the canonical job. An edit voids this approval.`}
      >
        {detail.digest === null ? '–' : `sha256:${formatHash(detail.digest.replace(/^sha256:/, ''))}`}
      </span>,
    ],
  ] as const;
};

const Detail = ({ detail }: { detail: ApprovalDetail }) => {
  const clock = useNow();
  const facts = useFacts(detail);
  const { effects, previous } = detail;
  const isWaiting = detail.status === 'pending';
  return (
    <ItemFrame
      title={detail.title ?? detail.subject ?? 'A question'}
      sentence={detail.sentence}
      facts={facts}
      bar={isWaiting ? <ApprovalBar key={detail.approval_id} detail={detail} /> : undefined}
    >
      {detail.reason === null || detail.sentence.includes(detail.reason) ? null : (
        <p className="approval-quote">{detail.reason}</p>
      )}
      {isWaiting ? null : (
        <section>
          <h3>Answer</h3>
          <StateBadge look={APPROVAL_LOOKS[detail.status]} />
          {detail.decision_reason === null ? null : <p className="approval-quote">{detail.decision_reason}</p>}
        </section>
      )}
      {effects === null ? null : (
        <section>
          <h3>{isWaiting ? 'What it will do' : 'What was decided upon'}</h3>
          <EffectList effects={effects} isWaiting={isWaiting} />
        </section>
      )}
      {effects === null || effects.command === null ? null : (
        <section>
          <h3>
            Command <span className="text-2 text-xs">{effects.command.shell ? 'in a shell' : 'without a shell'}</span>
          </h3>
          <CodeLines lines={commandLines(effects.command).map((text, at) => ({ sign: String(at + 1), text }))} />
        </section>
      )}
      {previous === null ? null : (
        <section>
          <h3>
            Changes since last approved run{' '}
            <span className="text-2 text-xs">
              {formatWhen(previous.approved_at, clock)} by {previous.approved_by}
            </span>
          </h3>
          {previous.changes.length === 0 ? (
            <p className="text-2">{previous.sentence}</p>
          ) : (
            <CodeLines lines={previous.changes.flatMap(changeLines)} />
          )}
        </section>
      )}
      {isWaiting ? <WhoDecides detail={detail} /> : null}
    </ItemFrame>
  );
};

/** One approval: what held it, what a yes does, and the two answers. */
export const ApprovalView = ({ id }: { id: string }) => {
  const { data, error, refetch } = useApproval(id);
  if (data !== undefined) return <Detail detail={data} />;
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  return <Skeleton rows={8} />;
};

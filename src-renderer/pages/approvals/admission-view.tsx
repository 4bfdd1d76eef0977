import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Admission } from '../../../src-server/contract/admission.ts';
import { keys } from '../../api/keys.ts';
import { useLackOf } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useExpiresInMs } from '../../api/volatile.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { formatAge, formatSpan } from '../../format/duration.ts';
import { formatWhen } from '../../format/instant.ts';
import { formatPlural } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { DecisionBar } from './decision-bar.tsx';
import { lookOf } from './inbox.ts';
import { CodeLines, ItemFrame } from './item-frame.tsx';

const useRefresh = () => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: keys.admissionLists(ws) });
};

const GrantBar = ({ admission }: { admission: Admission }) => {
  const lack = useLackOf('approve');
  const refresh = useRefresh();
  const decide = useAction('admissionDecide');
  const answer = (decision: 'granted' | 'rejected', reason: string | undefined) =>
    decide.mutate(
      { params: { admission_id: admission.admission_id }, body: { decision, reason } },
      {
        onSuccess: () => {
          toast(`${admission.network} ${decision}.`);
          refresh();
        },
      },
    );
  const answered = decide.variables?.body?.decision;
  return (
    <DecisionBar
      yesLabel="Grant"
      yesBusy="Granting"
      noLabel="Reject"
      noBusy="Rejecting"
      yesLack={lack}
      noLack={lack}
      busy={decide.isPending ? (answered === 'granted' ? 'yes' : 'no') : null}
      problem={decide.error}
      onYes={(reason) => answer('granted', reason)}
      onNo={(reason) => answer('rejected', reason)}
    />
  );
};

const RevokeBar = ({ admission }: { admission: Admission }) => {
  const lack = useLackOf('approve');
  const refresh = useRefresh();
  const revoke = useAction('admissionRevoke');
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    revoke.reset();
    setOpen(false);
  };
  const inUse = admission.leases_in_use;
  return (
    <div className="decision-bar">
      <span className="text-2">
        {inUse === 0
          ? 'No running job uses it.'
          : `${formatPlural(inUse, 'running job')} ${inUse === 1 ? 'uses' : 'use'} it.`}
      </span>
      <Button className="push" look="danger" size="large" disabledReason={lack} onClick={() => setOpen(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={`Revoke ${admission.network} on ${admission.source_name}?`}
        confirmLabel="Revoke admission"
        keepLabel="Keep admission"
        busyLabel="Revoking"
        isBusy={revoke.isPending}
        problem={revoke.error === null ? undefined : problemText(revoke.error)}
        onClose={close}
        onConfirm={() =>
          revoke.mutate(
            { params: { admission_id: admission.admission_id }, body: {} },
            {
              onSuccess: () => {
                toast(`${admission.network} revoked.`);
                refresh();
                close();
              },
            },
          )
        }
      >
        {inUse === 0
          ? 'No running job uses it. New jobs that need this network wait for another admission.'
          : `${formatPlural(inUse, 'running job')} that ${inUse === 1 ? 'uses' : 'use'} it will be told to stop.`}
      </ConfirmDialog>
    </div>
  );
};

const useFacts = (admission: Admission) => {
  const ws = useWorkspaceId();
  const clock = useNow();
  const leftMs = useExpiresInMs(admission.admission_id);
  const span = admission.expires_ms === null ? 'until revoked' : `for ${formatSpan(admission.expires_ms)}`;
  const isPending = admission.status === 'pending';
  return [
    [
      'Source',
      <Link key="source" className="link" to={routes.sources(ws, { source: admission.source_id })}>
        {admission.source_name}
      </Link>,
    ],
    ['Asked by', admission.requested_by],
    isPending
      ? (['Waiting', formatAge(Math.max(0, clock - Date.parse(admission.requested_at)))] as const)
      : ([
          lookOf({ type: 'admission', id: admission.admission_id, admission }).label,
          admission.decided_at === null ? '–' : formatWhen(admission.decided_at, clock),
        ] as const),
    ['Holds', admission.status === 'granted' && leftMs !== null ? `${formatAge(leftMs)} more` : span],
    ...(admission.decided_by === null ? [] : [['By', admission.decided_by] as const]),
  ] as const;
};

/** One admission: which hosts a source may be reached through, who asked, and the answers. */
export const AdmissionView = ({ admission }: { admission: Admission }) => {
  const facts = useFacts(admission);
  const { status } = admission;
  return (
    <ItemFrame
      title={`${admission.network} on ${admission.source_name}`}
      sentence={admission.sentence}
      facts={facts}
      bar={
        status === 'pending' ? (
          <GrantBar key={admission.admission_id} admission={admission} />
        ) : status === 'granted' ? (
          <RevokeBar key={admission.admission_id} admission={admission} />
        ) : undefined
      }
    >
      {admission.reason === null ? null : <p className="approval-quote">{admission.reason}</p>}
      {status === 'pending' ? null : (
        <section>
          <h3>Answer</h3>
          <StateBadge look={lookOf({ type: 'admission', id: admission.admission_id, admission })} />
          {admission.decision_reason === null ? null : <p className="approval-quote">{admission.decision_reason}</p>}
        </section>
      )}
      <section>
        <h3>
          Hosts <span className="text-2 text-xs">nothing else is let through</span>
        </h3>
        <CodeLines
          lines={admission.hosts.map(({ host, port }, at) => ({ sign: String(at + 1), text: `${host}:${port}` }))}
        />
      </section>
      <p className="text-2 approval-note">
        A runner executes approved work. It never becomes a proxy into this network.
      </p>
    </ItemFrame>
  );
};

import { ArrowDownToLine, Ban } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Lease } from '../../../src-server/contract/lease.ts';
import type { Source } from '../../../src-server/contract/source.ts';
import { useLackOf } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { keysOf } from '../../keyboard/bindings.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { routes } from '../../routes.ts';
import { toast } from '../../stores/toasts.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { KeyCaps } from '../../ui/key-caps.tsx';
import { useSourceAction } from '../sources/use-source-action.ts';

const RevokeDialog = ({ lease, isOpen, onClose }: { lease: Lease; isOpen: boolean; onClose: () => void }) => {
  const revoke = useAction('leaseRevoke');
  const [reason, setReason] = useState('');
  const close = () => {
    revoke.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={`Revoke the lease on ${lease.wu_id}?`}
      confirmLabel="Revoke lease"
      keepLabel="Keep lease"
      busyLabel="Revoking"
      isBusy={revoke.isPending}
      problem={revoke.error === null ? undefined : problemText(revoke.error)}
      onConfirm={() =>
        revoke.mutate(
          { params: { lease_id: lease.lease_id }, body: reason.trim() === '' ? {} : { reason: reason.trim() } },
          {
            onSuccess: () => {
              toast(`Token ${lease.fence} is fenced. The lease on ${lease.wu_id} is revoked.`);
              close();
            },
          },
        )
      }
      onClose={close}
    >
      <p>
        Token {lease.fence} is fenced at once and later writes from {lease.source_name} are rejected.
      </p>
      <TextField
        label="Reason"
        placeholder="Kept in evidence"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </ConfirmDialog>
  );
};

const DrainButton = ({ source }: { source: Source }) => {
  const drain = useSourceAction(source, 'sourceDrain');
  useCommand('source.drain', () => drain.run(), drain.disabledReason === undefined && !drain.isBusy);
  return (
    <>
      <Button
        icon={<ArrowDownToLine />}
        keys={keysOf('source.drain')}
        disabledReason={drain.disabledReason}
        isBusy={drain.isBusy}
        busyLabel="Draining"
        onClick={() => drain.run()}
      >
        Drain
      </Button>
      {drain.problem === null ? null : (
        <span className="field-error" role="alert">
          {problemText(drain.problem)}
        </span>
      )}
    </>
  );
};

/** Revoke the lease, drain its source, open its job or its moment. */
export const LeaseActions = ({ lease, source }: { lease: Lease; source: Source | null }) => {
  const ws = useWorkspaceId();
  const lack = useLackOf('operate');
  const [isAsking, setAsking] = useState(false);
  const isLive = lease.state === 'active';
  useCommand('lease.revoke', () => setAsking(true), isLive && lack === undefined);
  return (
    <div className="lease-actions">
      {isLive ? (
        <Button
          look="danger"
          icon={<Ban />}
          keys={keysOf('lease.revoke')}
          disabledReason={lack}
          onClick={() => setAsking(true)}
        >
          Revoke
        </Button>
      ) : null}
      <Link className={buttonClass()} to={routes.job(ws, lease.job_id)}>
        Open job
        <KeyCaps keys={keysOf('list.open')} />
      </Link>
      {isLive && source !== null ? <DrainButton source={source} /> : null}
      <Link className="text-link" to={lease.replay_path}>
        {isLive ? 'State at its grant' : 'State at its end'}
      </Link>
      <RevokeDialog lease={lease} isOpen={isAsking} onClose={() => setAsking(false)} />
    </div>
  );
};

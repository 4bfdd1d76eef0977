import { useQueryClient } from '@tanstack/react-query';
import { Ban, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Job } from '../../../src-server/contract/job.ts';
import { keys } from '../../api/keys.ts';
import { useLackOf } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { routes } from '../../routes.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { isTerminal } from './job-facts.ts';

const CancelDialog = ({ job, isOpen, onClose }: { job: Job; isOpen: boolean; onClose: () => void }) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const cancel = useAction('jobCancel');
  const [reason, setReason] = useState('');
  const close = () => {
    cancel.reset();
    onClose();
  };
  const isHeld = job.lease_id !== null;
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={`Cancel ${job.wu_id}?`}
      confirmLabel="Cancel job"
      keepLabel="Keep job"
      busyLabel="Canceling"
      isBusy={cancel.isPending}
      problem={cancel.error === null ? undefined : problemText(cancel.error)}
      onConfirm={() =>
        cancel.mutate(
          { params: { job_id: job.job_id }, body: reason.trim() === '' ? {} : { reason: reason.trim() } },
          {
            onSuccess: (answer) => {
              client.setQueryData(keys.job(ws, job.job_id), answer);
              toast(answer.stopping ? `${job.wu_id} is stopping.` : `${job.wu_id} canceled.`);
              close();
            },
          },
        )
      }
      onClose={close}
    >
      <p>
        {isHeld
          ? `${job.source_name ?? 'Its source'} is told to stop. The job shows Stopping until its process is gone, then its lease is settled.`
          : 'It leaves the queue for good. A retry makes a new job.'}
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

/** Cancel while it lives, retry once it ended; each disabled with its reason where it cannot be used. */
export const JobActions = ({ job }: { job: Job }) => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const lack = useLackOf('operate');
  const [isAsking, setAsking] = useState(false);
  const retry = useAction('jobRetry');
  if (isTerminal(job)) {
    return (
      <>
        {retry.error === null ? null : (
          <span className="field-error" role="alert">
            {problemText(retry.error)}
          </span>
        )}
        <Button
          icon={<RotateCcw />}
          disabledReason={lack}
          isBusy={retry.isPending}
          busyLabel="Retrying"
          onClick={() =>
            retry.mutate(
              { params: { job_id: job.job_id }, body: {} },
              {
                onSuccess: (next) => {
                  toast(`${job.wu_id} submitted again.`);
                  void navigate(routes.job(ws, next.job_id));
                },
              },
            )
          }
        >
          Retry
        </Button>
      </>
    );
  }
  return (
    <>
      <Button
        look="danger"
        icon={<Ban />}
        disabledReason={lack ?? (job.stopping ? 'It is stopping already.' : undefined)}
        onClick={() => setAsking(true)}
      >
        Cancel
      </Button>
      <CancelDialog job={job} isOpen={isAsking} onClose={() => setAsking(false)} />
    </>
  );
};

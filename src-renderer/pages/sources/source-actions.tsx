import { ArrowDownToLine, Ban, Lock, Play } from 'lucide-react';
import { useState } from 'react';
import type { SourceDetail } from '../../../src-server/contract/source.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { formatPlural } from '../../format/number.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { whyNot } from './source-action-words.ts';
import { useSourceAction } from './use-source-action.ts';

const RevokeDialog = ({ source, isOpen, onClose }: { source: SourceDetail; isOpen: boolean; onClose: () => void }) => {
  const revoke = useSourceAction(source, 'sourceRevoke');
  const leases = source.leases.length;
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={`Revoke ${source.name}?`}
      confirmLabel="Revoke source"
      keepLabel="Keep source"
      busyLabel="Revoking"
      isBusy={revoke.isBusy}
      problem={revoke.problem === null ? undefined : problemText(revoke.problem)}
      onConfirm={() => revoke.run(onClose)}
      onClose={() => {
        revoke.reset();
        onClose();
      }}
    >
      <p>
        It ends for good: its session ends at once and its runner stops at its next call. To use it again, enroll it
        again.
      </p>
      {leases === 0 ? null : (
        <p>
          {formatPlural(leases, 'lease')} on it {leases === 1 ? 'is' : 'are'} fenced, later writes are rejected, and the
          work is retried elsewhere with a higher token.
        </p>
      )}
    </ConfirmDialog>
  );
};

/** Drain, cordon or resume, revoke; each disabled with its reason where it cannot be used. */
export const SourceActions = ({ source }: { source: SourceDetail }) => {
  const [isRevoking, setRevoking] = useState(false);
  const drain = useSourceAction(source, 'sourceDrain');
  const cordon = useSourceAction(source, 'sourceCordon');
  const resume = useSourceAction(source, 'sourceResume');
  const revoke = useSourceAction(source, 'sourceRevoke');
  const problem = drain.problem ?? cordon.problem ?? resume.problem;
  useCommand('source.drain', () => drain.run(), drain.disabledReason === undefined && !drain.isBusy);
  return (
    <>
      {whyNot(source, 'sourceResume') === undefined ? (
        <Button
          icon={<Play />}
          disabledReason={resume.disabledReason}
          isBusy={resume.isBusy}
          busyLabel="Resuming"
          onClick={() => resume.run()}
        >
          Resume
        </Button>
      ) : null}
      {source.draining ? null : (
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
      )}
      {source.cordoned ? null : (
        <Button
          icon={<Lock />}
          disabledReason={cordon.disabledReason}
          isBusy={cordon.isBusy}
          busyLabel="Cordoning"
          onClick={() => cordon.run()}
        >
          Cordon
        </Button>
      )}
      {problem === null ? null : (
        <span className="dialog-problem text-xs grow" role="alert">
          {problemText(problem)}
        </span>
      )}
      <Button
        className="push"
        look="danger"
        icon={<Ban />}
        disabledReason={revoke.disabledReason}
        onClick={() => setRevoking(true)}
      >
        Revoke
      </Button>
      <RevokeDialog source={source} isOpen={isRevoking} onClose={() => setRevoking(false)} />
    </>
  );
};

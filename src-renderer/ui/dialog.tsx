import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import './dialog.css';

interface ConfirmDialogProps {
  isOpen: boolean;
  title: string;
  children: ReactNode;
  /** Repeats the verb of the title: "Revoke source". */
  confirmLabel: string;
  /** Keeps things as they are: "Keep source". */
  keepLabel: string;
  busyLabel: string;
  isBusy?: boolean;
  /** The problem of the last try, as a sentence. */
  problem?: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be undone. */
export const ConfirmDialog = (props: ConfirmDialogProps) => (
  <BaseDialog.Root open={props.isOpen} onOpenChange={(open) => !open && props.onClose()}>
    <BaseDialog.Portal>
      <BaseDialog.Backdrop className="scrim" />
      <BaseDialog.Popup className="dialog" role="alertdialog">
        <BaseDialog.Title className="dialog-title">{props.title}</BaseDialog.Title>
        <BaseDialog.Description render={<div />} className="text-2 stack">
          {props.children}
        </BaseDialog.Description>
        {props.problem === undefined ? null : (
          <p className="dialog-problem" role="alert">
            {props.problem}
          </p>
        )}
        <div className="dialog-foot">
          <Button onClick={props.onClose}>{props.keepLabel}</Button>
          <Button look="danger" isBusy={props.isBusy} busyLabel={props.busyLabel} onClick={props.onConfirm}>
            {props.confirmLabel}
          </Button>
        </div>
      </BaseDialog.Popup>
    </BaseDialog.Portal>
  </BaseDialog.Root>
);

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../../api/keys.ts';
import { useLackOf } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { SourceSelect } from '../../components/source-select.tsx';
import { toast } from '../../stores/toasts.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { ModalDrawer } from '../../ui/drawer.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { type AdmitDraft, type AdmitErrors, readDraft } from './admit-draft.ts';

const EMPTY: AdmitDraft = { network: '', sourceId: '', hosts: '', hours: '', reason: '' };

interface AdmitDrawerProps {
  isOpen: boolean;
  network: string;
  onClose: () => void;
  onAsked: (admissionId: string) => void;
}

/** Asks that a source may reach hosts of a private network; an approver answers in the inbox. */
export const AdmitDrawer = ({ isOpen, network, onClose, onAsked }: AdmitDrawerProps) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const lack = useLackOf('operate');
  const ask = useAction('admissionRequest');
  const [draft, setDraft] = useState<AdmitDraft>({ ...EMPTY, network: network.replace(/^private:/, '') });
  const [errors, setErrors] = useState<AdmitErrors>({});
  const change = (field: keyof AdmitDraft, value: string) => {
    setDraft((before) => ({ ...before, [field]: value }));
    setErrors((before) => ({ ...before, [field]: undefined }));
  };
  const send = () => {
    const read = readDraft(draft);
    if ('errors' in read) return setErrors(read.errors);
    ask.mutate(
      { body: read.body },
      {
        onSuccess: (made) => {
          toast(`${made.network} asked for ${made.source_name}.`);
          setDraft(EMPTY);
          void client.invalidateQueries({ queryKey: keys.admissionLists(ws) });
          onAsked(made.admission_id);
        },
      },
    );
  };
  return (
    <ModalDrawer
      isOpen={isOpen}
      title="Request admission"
      onClose={onClose}
      foot={
        <>
          <Button className="push" onClick={onClose}>
            Cancel
          </Button>
          <Button look="primary" disabledReason={lack} isBusy={ask.isPending} busyLabel="Asking" onClick={send}>
            Request
          </Button>
        </>
      }
    >
      <div className="admit-fields">
        <p className="text-2">A runner executes approved work. It never becomes a proxy into this network.</p>
        <TextField
          label="Network"
          isMono
          unit="private:…"
          hint="The name that jobs ask for."
          error={errors.network}
          value={draft.network}
          onChange={(event) => change('network', event.target.value)}
        />
        <SourceSelect
          isRequired
          noneLabel="Choose a source"
          value={draft.sourceId === '' ? null : draft.sourceId}
          error={errors.sourceId}
          onChange={(sourceId) => change('sourceId', sourceId ?? '')}
        />
        <TextArea
          label="Hosts"
          isMono
          placeholder="registry.lan:443"
          hint="One host and port a line. Nothing else is let through."
          error={errors.hosts}
          value={draft.hosts}
          onChange={(event) => change('hosts', event.target.value)}
        />
        <TextField
          label="Holds for"
          unit="hours"
          inputMode="decimal"
          hint="Empty: until it is revoked."
          error={errors.hours}
          value={draft.hours}
          onChange={(event) => change('hours', event.target.value)}
        />
        <TextField
          label="Reason"
          hint="The approver reads it."
          maxLength={500}
          value={draft.reason}
          onChange={(event) => change('reason', event.target.value)}
        />
        {ask.error === null ? null : (
          <Banner tone="fail" shape="cross-square" role="alert" title="Not asked">
            {problemText(ask.error)}
          </Banner>
        )}
      </div>
    </ModalDrawer>
  );
};

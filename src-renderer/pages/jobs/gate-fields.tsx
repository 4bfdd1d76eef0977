import type { FieldError } from '../../../src-server/contract/problems.ts';
import { TextField } from '../../ui/field.tsx';
import { SwitchField } from '../../ui/switch-field.tsx';
import { messageUnder, type SubmitDraft } from './submit-draft.ts';

interface GateFieldsProps {
  draft: SubmitDraft;
  errors: readonly FieldError[];
  onChange: (change: Partial<SubmitDraft>) => void;
}

/** What holds a job until a person said yes: its own approval, and a network that needs an admission. */
export const GateFields = ({ draft, errors, onChange }: GateFieldsProps) => (
  <>
    {draft.kind === 'command' ? (
      <SwitchField
        label="Hold for approval"
        hint="An approver has to say yes before it can be claimed"
        isOn={draft.isHeld}
        onChange={(isHeld) => onChange({ isHeld })}
      />
    ) : null}
    {draft.kind === 'command' && draft.isHeld ? (
      <TextField
        label="Why it needs approval"
        placeholder="Writes to production"
        maxLength={500}
        value={draft.heldBecause}
        error={messageUnder(errors, '/approval')}
        onChange={(event) => onChange({ heldBecause: event.target.value })}
      />
    ) : null}
    <SwitchField
      label="Private network"
      hint={
        draft.network === 'private'
          ? 'It runs only on a source that is admitted to this network'
          : 'A private network needs an admission'
      }
      isOn={draft.network === 'private'}
      onChange={(isOn) => onChange({ network: isOn ? 'private' : 'none' })}
    />
    {draft.network === 'private' ? (
      <TextField
        label="Name of the network"
        isMono
        spellCheck={false}
        placeholder="registry"
        value={draft.privateName}
        error={messageUnder(errors, '/network')}
        onChange={(event) => onChange({ privateName: event.target.value })}
      />
    ) : null}
  </>
);

import type { ReactNode } from 'react';
import type { FieldError } from '../../../src-server/contract/problems.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { LabelEditor } from '../../ui/label-editor.tsx';
import { ChoiceList } from './choice-list.tsx';
import { StepFrame } from './step-frame.tsx';
import { LIFETIMES, nameOf, slotsOf, type WizardDraft } from './wizard-draft.ts';

interface StepRunnerProps {
  draft: WizardDraft;
  /** For which job the form was filled in. */
  notice: ReactNode;
  errors: readonly FieldError[];
  problem: unknown;
  isBusy: boolean;
  disabledReason: string | undefined;
  onChange: (change: Partial<WizardDraft>) => void;
  onBack: () => void;
  onCreate: () => void;
}

/** Step 2: its name, how much it takes at once, which jobs match, and how long the credential lives. */
export const StepRunner = (props: StepRunnerProps) => {
  const { draft, errors, problem, onChange } = props;
  const errorOf = (pointer: string) =>
    errors.find((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`))?.message;
  return (
    <StepFrame
      title="What may it run?"
      lead="Labels decide which jobs match. You can change them later without enrolling again."
      foot={
        <>
          <Button size="large" onClick={props.onBack}>
            Back
          </Button>
          <Button
            className="push"
            look="primary"
            size="large"
            disabledReason={props.disabledReason}
            isBusy={props.isBusy}
            busyLabel="Creating"
            onClick={props.onCreate}
          >
            Create credential
          </Button>
        </>
      }
    >
      {props.notice}
      <div className="step-pair">
        <TextField
          label="Name"
          autoComplete="off"
          spellCheck={false}
          value={nameOf(draft)}
          error={errorOf('/name')}
          hint="Letters, digits, dots and dashes."
          onChange={(event) => onChange({ name: event.target.value })}
        />
        <TextField
          label="Slots"
          inputMode="numeric"
          unit="leases at once"
          value={slotsOf(draft)}
          error={errorOf('/capacity')}
          hint="You can change it later."
          onChange={(event) => onChange({ slots: event.target.value })}
        />
      </div>
      <LabelEditor
        label="Labels"
        labels={draft.labels}
        error={errorOf('/labels')}
        hint="A job that requires a label runs only where it stands."
        onChange={(labels) => onChange({ labels })}
      />
      <div className="step-part">
        <h3>Credential</h3>
        <ChoiceList
          label="Credential lifetime"
          value={draft.ttlMs}
          choices={LIFETIMES.map(({ ttlMs, title, detail }) => ({
            value: ttlMs,
            title,
            detail,
            end: title === '15 minutes' ? 'Default' : undefined,
          }))}
          onChange={(ttlMs) => onChange({ ttlMs })}
        />
      </div>
      {problem === null ? null : (
        <Banner tone="fail" shape="cross-square" role="alert" title="No credential was created">
          {problemText(problem)}
        </Banner>
      )}
    </StepFrame>
  );
};

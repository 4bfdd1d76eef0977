import type { FieldError } from '../../../src-server/contract/problems.ts';
import { COMPUTE_CLASSES } from '../../../src-server/contract/terms.ts';
import { TextArea, TextField } from '../../ui/field.tsx';
import { LabelEditor } from '../../ui/label-editor.tsx';
import { type Choice, Segmented } from '../../ui/segmented.tsx';
import { SwitchField } from '../../ui/switch-field.tsx';
import { AdvancedFields } from './advanced-fields.tsx';
import { AgentFields } from './agent-fields.tsx';
import { GateFields } from './gate-fields.tsx';
import { InputsField } from './inputs-field.tsx';
import { messageUnder, type SubmitDraft } from './submit-draft.ts';

interface SubmitFieldsProps {
  draft: SubmitDraft;
  errors: readonly FieldError[];
  hint: string | null;
  onChange: (change: Partial<SubmitDraft>) => void;
}
const KINDS: readonly Choice<SubmitDraft['kind']>[] = [
  { value: 'command', label: 'Command' },
  { value: 'mcp', label: 'Agent job' },
];
const CLASSES = COMPUTE_CLASSES.map((value) => ({ value, label: value }));

/** The fields of a job, the ones everyone fills in first. */
export const SubmitFields = ({ draft, errors, hint, onChange }: SubmitFieldsProps) => (
  <>
    <div className="submit-pair is-wu">
      <TextField
        label="WU"
        placeholder="WU-123"
        autoComplete="off"
        spellCheck={false}
        autoFocus
        value={draft.wuId}
        error={messageUnder(errors, '/wu_id')}
        onChange={(event) => onChange({ wuId: event.target.value })}
      />
      <TextField
        label="Title"
        value={draft.title}
        error={messageUnder(errors, '/title')}
        onChange={(event) => onChange({ title: event.target.value })}
      />
    </div>
    <TextArea
      label="Command"
      isMono
      rows={3}
      spellCheck={false}
      value={draft.command}
      error={messageUnder(errors, '/command/argv') ?? messageUnder(errors, '/command/shell')}
      hint={
        hint ??
        (draft.isShell
          ? 'Read by the shell of the source.'
          : 'Run as arguments. Turn on Shell for pipes or several lines.')
      }
      onChange={(event) => onChange({ command: event.target.value })}
    />
    <div className="submit-kind">
      <Segmented label="Kind" value={draft.kind} choices={KINDS} onChange={(kind) => onChange({ kind })} />
      <SwitchField label="Shell" isOn={draft.isShell} onChange={(isShell) => onChange({ isShell })} />
    </div>
    {draft.kind === 'mcp' ? (
      <AgentFields draft={draft.agent} errors={errors} onChange={(agent) => onChange({ agent })} />
    ) : null}
    <div className="field">
      <span className="field-label">Class</span>
      <Segmented
        label="Class"
        isWide
        value={draft.computeClass}
        choices={CLASSES}
        onChange={(computeClass) => onChange({ computeClass })}
      />
    </div>
    <LabelEditor
      label="Required labels"
      labels={draft.labels}
      error={messageUnder(errors, '/labels')}
      onChange={(labels) => onChange({ labels })}
    />
    <div className="submit-pair is-three">
      <TextField
        label="Max runtime"
        inputMode="decimal"
        unit="min"
        value={draft.maxRuntimeMin}
        error={messageUnder(errors, '/max_runtime_ms')}
        onChange={(event) => onChange({ maxRuntimeMin: event.target.value })}
      />
      <TextField
        label="Attempts"
        inputMode="numeric"
        unit="at most"
        value={draft.attempts}
        error={messageUnder(errors, '/max_attempts')}
        onChange={(event) => onChange({ attempts: event.target.value })}
      />
      <TextField
        label="Priority"
        inputMode="numeric"
        unit="of 100"
        value={draft.priority}
        error={messageUnder(errors, '/priority')}
        onChange={(event) => onChange({ priority: event.target.value })}
      />
    </div>
    <InputsField inputs={draft.inputs} errors={errors} onChange={(inputs) => onChange({ inputs })} />
    <GateFields draft={draft} errors={errors} onChange={onChange} />
    <AdvancedFields draft={draft} errors={errors} onChange={onChange} />
  </>
);

import { ChevronRight } from 'lucide-react';
import { useId } from 'react';
import type { FieldError } from '../../../src-server/contract/problems.ts';
import { CONFINEMENTS, type Confinement } from '../../../src-server/contract/terms.ts';
import { TextArea, TextField } from '../../ui/field.tsx';
import { type Choice, Segmented } from '../../ui/segmented.tsx';
import { messageUnder, type SubmitDraft } from './submit-draft.ts';

const CONFINEMENT_LABELS: Readonly<Record<Confinement, string>> = {
  required: 'Required',
  preferred: 'Preferred',
  none: 'None',
};
const CONFINEMENT_HINTS: Readonly<Record<Confinement, string>> = {
  required: 'Only sources that can shut it in get it.',
  preferred: 'Shut in where the source can; the why says where it could not.',
  none: 'Runs with the rights of the runner.',
};
const NETWORKS: readonly Choice<SubmitDraft['network']>[] = [
  { value: 'none', label: 'None' },
  { value: 'egress', label: 'Named hosts' },
  { value: 'private', label: 'Private' },
];

interface AdvancedFieldsProps {
  draft: SubmitDraft;
  errors: readonly FieldError[];
  onChange: (change: Partial<SubmitDraft>) => void;
}

/** What most jobs leave as it is. */
export const AdvancedFields = ({ draft, errors, onChange }: AdvancedFieldsProps) => {
  const id = useId();
  return (
    <details className="submit-more">
      <summary>
        <ChevronRight size={14} aria-hidden="true" />
        Outputs, environment, network, confinement
      </summary>
      <div className="submit-fields">
        <TextArea
          label="Outputs"
          isMono
          rows={2}
          placeholder="report/**"
          hint="Kept as artifacts. One pattern a line."
          value={draft.outputs}
          error={messageUnder(errors, '/outputs')}
          onChange={(event) => onChange({ outputs: event.target.value })}
        />
        <TextArea
          label="Environment"
          isMono
          rows={2}
          placeholder="CI=1"
          hint="NAME=value, one a line. It is kept in evidence: put no secret here."
          value={draft.env}
          error={messageUnder(errors, '/command/env')}
          onChange={(event) => onChange({ env: event.target.value })}
        />
        <TextField
          label="Stops without output after"
          inputMode="numeric"
          unit="s"
          hint="Empty turns it off."
          value={draft.stallS}
          error={messageUnder(errors, '/stall_ms')}
          onChange={(event) => onChange({ stallS: event.target.value })}
        />
        <div className="field">
          <span className="field-label" id={`${id}-net`}>
            Network
          </span>
          <Segmented
            label="Network"
            isWide
            value={draft.network}
            choices={NETWORKS}
            onChange={(network) => onChange({ network })}
          />
        </div>
        {draft.network === 'egress' ? (
          <TextArea
            label="Hosts"
            isMono
            rows={2}
            placeholder="api.example.com:443"
            hint="host:port, one a line."
            value={draft.egress}
            error={messageUnder(errors, '/egress') ?? messageUnder(errors, '/network')}
            onChange={(event) => onChange({ egress: event.target.value })}
          />
        ) : null}
        <div className="field">
          <span className="field-label">Confinement</span>
          <Segmented
            label="Confinement"
            isWide
            value={draft.confinement}
            choices={CONFINEMENTS.map((value) => ({ value, label: CONFINEMENT_LABELS[value] }))}
            onChange={(confinement) => onChange({ confinement })}
          />
          <div className="field-hint">{CONFINEMENT_HINTS[draft.confinement]}</div>
        </div>
      </div>
    </details>
  );
};

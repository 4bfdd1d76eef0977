import { useEffect, useState } from 'react';
import type { PolicyOverride } from '../../../src-server/contract/policy.ts';
import {
  COMPUTE_CLASSES,
  type ComputeClass,
  FALLBACK_MODES,
  type FallbackMode,
  POLICY_MODES,
  type PolicyMode,
} from '../../../src-server/contract/terms.ts';
import { formatSpan } from '../../format/duration.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import type { PolicyFields } from '../../stores/policy-drafts.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDrawer } from '../../ui/drawer.tsx';
import { TextField } from '../../ui/field.tsx';
import { LabelEditor } from '../../ui/label-editor.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { parseSpan } from './parse-span.ts';
import { overrideKey, withOverride } from './policy-draft.ts';

const DAY_MS = 86_400_000;
const FOLLOW = 'follow';
interface Form {
  computeClass: string;
  labels: Record<string, string>;
  mode: string;
  fallback: string;
  after: string;
}
const EMPTY: Form = { computeClass: '', labels: {}, mode: FOLLOW, fallback: FOLLOW, after: '60 s' };

const formOf = (key: string | null, fields: PolicyFields): Form => {
  const known = fields.overrides.find((o) => overrideKey(o) === key);
  if (known === undefined) {
    return { ...EMPTY, computeClass: COMPUTE_CLASSES.find((name) => name === key) ?? '', mode: fields.mode };
  }
  return {
    computeClass: known.compute_class ?? '',
    labels: { ...known.labels },
    mode: known.mode ?? FOLLOW,
    fallback: known.fallback?.mode ?? FOLLOW,
    after: formatSpan(known.fallback?.after_ms ?? fields.fallback.after_ms),
  };
};

/** The override that the form describes, or what is wrong with it. */
const read = (form: Form, key: string | null, fields: PolicyFields): { made: PolicyOverride } | { problem: string } => {
  const hasLabels = Object.keys(form.labels).length > 0;
  if (form.computeClass === '' && !hasLabels) return { problem: 'Name a class, labels, or both.' };
  if (form.mode === FOLLOW && form.fallback === FOLLOW)
    return { problem: 'Choose another mode, or a fallback of its own.' };
  const afterMs = parseSpan(form.after);
  if (form.fallback !== FOLLOW && (afterMs === null || afterMs > DAY_MS))
    return { problem: 'The time before the fallback is a span like 45 s or 10 min, at most a day.' };
  const made: PolicyOverride = {
    ...(form.computeClass === '' ? {} : { compute_class: form.computeClass as ComputeClass }),
    ...(hasLabels ? { labels: form.labels } : {}),
    ...(form.mode === FOLLOW ? {} : { mode: form.mode as PolicyMode }),
    ...(form.fallback === FOLLOW ? {} : { fallback: { mode: form.fallback as FallbackMode, after_ms: afterMs ?? 0 } }),
  };
  const isTaken = fields.overrides.some((o) => overrideKey(o) === overrideKey(made) && overrideKey(o) !== key);
  return isTaken ? { problem: 'There is an override for these jobs already.' } : { made };
};

interface OverrideDrawerProps {
  isOpen: boolean;
  /** The jobs whose override is changed, by key; null for a new rule. */
  overrideOf: string | null;
  fields: PolicyFields;
  onApply: (overrides: PolicyOverride[]) => void;
  onClose: () => void;
}

/** Another rule for a class, for labels, or for both. It goes into the draft; nothing is published here. */
export const OverrideDrawer = ({ isOpen, overrideOf, fields, onApply, onClose }: OverrideDrawerProps) => {
  const [form, setForm] = useState(EMPTY);
  const [problem, setProblem] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a form that is open keeps what was typed
  useEffect(() => {
    if (!isOpen) return;
    setForm(formOf(overrideOf, fields));
    setProblem(undefined);
  }, [isOpen, overrideOf]);
  const change = (part: Partial<Form>) => {
    setForm((before) => ({ ...before, ...part }));
    setProblem(undefined);
  };
  const apply = () => {
    const answer = read(form, overrideOf, fields);
    if ('problem' in answer) return setProblem(answer.problem);
    onApply(withOverride(fields.overrides, overrideOf, answer.made));
    onClose();
  };
  const follow = { value: FOLLOW, label: 'As the workspace' };
  return (
    <ModalDrawer
      isOpen={isOpen}
      title={overrideOf === null ? 'Label rule' : 'Override'}
      onClose={onClose}
      foot={
        <>
          <Button className="push" onClick={onClose}>
            Cancel
          </Button>
          <Button look="primary" keys={keysOf('form.submit')} onClick={apply}>
            Put into the draft
          </Button>
        </>
      }
    >
      <form
        className="stack override-form"
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
          event.preventDefault();
          apply();
        }}
        onSubmit={(event) => event.preventDefault()}
      >
        <SelectField
          label="Class"
          value={form.computeClass}
          items={[
            { value: '', label: 'Every class' },
            ...COMPUTE_CLASSES.map((name) => ({ value: name, label: name })),
          ]}
          onChange={(computeClass) => change({ computeClass })}
        />
        <LabelEditor
          label="Labels"
          hint="Jobs that ask for all of them."
          labels={form.labels}
          onChange={(labels) => change({ labels })}
        />
        <SelectField
          label="Mode"
          value={form.mode}
          items={[follow, ...POLICY_MODES.map((mode) => ({ value: mode, label: mode }))]}
          onChange={(mode) => change({ mode })}
        />
        <SelectField
          label="Fallback"
          value={form.fallback}
          items={[follow, ...FALLBACK_MODES.map((mode) => ({ value: mode, label: mode }))]}
          onChange={(fallback) => change({ fallback })}
        />
        {form.fallback === FOLLOW ? null : (
          <TextField
            label="After"
            hint="How long the first side may be busy."
            value={form.after}
            onChange={(event) => change({ after: event.target.value })}
          />
        )}
        {problem === undefined ? null : (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )}
      </form>
    </ModalDrawer>
  );
};

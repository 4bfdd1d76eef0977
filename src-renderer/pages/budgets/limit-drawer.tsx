import { useEffect, useState } from 'react';
import type { Budgets } from '../../../src-server/contract/budget.ts';
import { scopeWords } from '../../../src-server/contract/scope-words.ts';
import { type BudgetWindow, COMPUTE_CLASSES } from '../../../src-server/contract/terms.ts';
import { useWhatIf } from '../../api/policy.ts';
import { useLackOf } from '../../api/session.ts';
import { formatPlural } from '../../format/number.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { after } from '../../stores/clock.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDrawer } from '../../ui/drawer.tsx';
import { TextField } from '../../ui/field.tsx';
import { Section } from '../../ui/panel.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import {
  draftOf,
  type LimitDraft,
  type LimitErrors,
  NEW_LIMIT,
  readLimit,
  type ScopeKind,
  WINDOWS,
} from './limit-draft.ts';
import { limitKey, windowWords } from './limit-words.ts';
import { SaveNotices } from './save-notices.tsx';
import { useSaveBudgets } from './use-save-budgets.ts';

const KINDS: readonly { value: ScopeKind; label: string }[] = [
  { value: 'managed', label: 'Managed tier' },
  { value: 'byoc', label: 'BYOC tier' },
  { value: 'wu', label: 'One WU' },
  { value: 'workspace', label: 'Whole workspace' },
];
const TYPING_MS = 400;
const LAST_DECISIONS = 500;

/** What these limits would have done to the last decisions, in one sentence. */
const useEffectWords = (limits: NonNullable<ReturnType<typeof limitsOf>> | null, version: number): string => {
  const [asked, setAsked] = useState<typeof limits>(null);
  const key = JSON.stringify(limits);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the content is the question
  useEffect(() => after(TYPING_MS, () => setAsked(limits)), [key]);
  const { data, error, isFetching } = useWhatIf(
    asked === null ? null : { limits: { limits: asked }, last: LAST_DECISIONS },
    `limits ${version}`,
  );
  if (limits === null) return 'Fill in the amount to see what it would have done.';
  if (error !== null) return 'What it would have done could not be computed.';
  if (data === undefined || isFetching || JSON.stringify(asked) !== key) return 'Replaying the last decisions.';
  if (data.not_enough_history !== null && data.considered < 20) return `Not enough history: ${data.not_enough_history}`;
  if (data.changed === 0)
    return `None of the last ${formatPlural(data.considered, 'job')} would have gone another way.`;
  return `Of the last ${formatPlural(data.considered, 'job')}, ${formatPlural(data.changed, 'job')} would have gone another way and ${formatPlural(data.new_refusals, 'job')} would be newly refused.`;
};
const limitsOf = (draft: LimitDraft, limits: Budgets['limits'], replaced: string | null) => {
  const read = readLimit(draft, limits, replaced);
  return 'limits' in read ? read.limits : null;
};

interface LimitDrawerProps {
  isOpen: boolean;
  budgets: Budgets;
  /** The limit to change; null for a new one. */
  limit: Budgets['limits'][number] | null;
  /** What a new one is for, where the page knows. */
  kind: ScopeKind | null;
  onClose: () => void;
}

/** One limit: for what, how much, how often it starts anew, and when it warns. */
export const LimitDrawer = ({ isOpen, budgets, limit, kind, onClose }: LimitDrawerProps) => {
  const lack = useLackOf('admin');
  const saving = useSaveBudgets(budgets, isOpen);
  const [draft, setDraft] = useState<LimitDraft>(NEW_LIMIT);
  const [errors, setErrors] = useState<LimitErrors>({});
  const [reason, setReason] = useState('');
  const replaced = limit === null ? null : limitKey(limit);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a form that is open keeps what was typed
  useEffect(() => {
    if (!isOpen) return;
    setDraft(
      limit === null
        ? { ...NEW_LIMIT, kind: kind ?? NEW_LIMIT.kind, window: kind === 'wu' ? 'total' : 'day' }
        : draftOf(limit),
    );
    setErrors({});
    setReason('');
  }, [isOpen, replaced]);
  const effect = useEffectWords(isOpen ? limitsOf(draft, budgets.limits, replaced) : null, budgets.version);
  const change = (part: Partial<LimitDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setErrors({});
  };
  const disabledReason = lack ?? (saving.isStale ? 'Take the version in force over first.' : undefined);
  const send = () => {
    const read = readLimit(draft, budgets.limits, replaced);
    if ('errors' in read) return setErrors(read.errors);
    saving.save({ limits: read.limits, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) }, (saved) => {
      toast(`Limits saved as version ${saved.version}.`);
      onClose();
    });
  };
  return (
    <ModalDrawer
      isOpen={isOpen}
      title={limit === null ? 'Add limit' : `Limit of ${scopeWords(limit.scope)}`}
      onClose={onClose}
      foot={
        <>
          <Button className="push" onClick={onClose}>
            Cancel
          </Button>
          <Button
            look="primary"
            keys={keysOf('form.submit')}
            disabledReason={disabledReason}
            isBusy={saving.isBusy}
            busyLabel="Saving"
            onClick={send}
          >
            Save limit
          </Button>
        </>
      }
    >
      <form
        className="stack budget-form"
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
          event.preventDefault();
          if (disabledReason === undefined && !saving.isBusy) send();
        }}
        onSubmit={(event) => event.preventDefault()}
      >
        <SaveNotices budgets={budgets} saving={saving} />
        <SelectField
          label="Limit of"
          value={draft.kind}
          items={KINDS}
          onChange={(value) => change({ kind: value as ScopeKind })}
        />
        {draft.kind === 'wu' ? (
          <TextField
            label="WU"
            placeholder="WU-2481"
            error={errors.wuId}
            value={draft.wuId}
            onChange={(event) => change({ wuId: event.target.value })}
          />
        ) : null}
        {draft.kind === 'byoc' || draft.kind === 'managed' ? (
          <SelectField
            label="Class"
            value={draft.computeClass}
            items={[
              { value: '', label: 'Every class' },
              ...COMPUTE_CLASSES.map((name) => ({ value: name, label: name })),
            ]}
            onChange={(computeClass) => change({ computeClass })}
          />
        ) : null}
        <TextField
          label="Amount"
          unit="CU"
          inputMode="decimal"
          hint="1 CU is a minute of cpu-small."
          error={errors.limitCu}
          value={draft.limitCu}
          onChange={(event) => change({ limitCu: event.target.value })}
        />
        <SelectField
          label="Window"
          value={draft.window}
          items={WINDOWS.map((window) => ({ value: window, label: windowWords(window) }))}
          error={errors.window}
          hint={draft.window === 'total' ? 'Never starts anew.' : `Starts anew at midnight in ${budgets.time_zone}.`}
          onChange={(window) => change({ window: window as BudgetWindow })}
        />
        <TextField
          label="Warn at"
          unit="%"
          hint="Once per window. Empty: never."
          error={errors.warn}
          value={draft.warn}
          onChange={(event) => change({ warn: event.target.value })}
        />
        <TextField
          label="Reason"
          placeholder="Kept in evidence"
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </form>
      <Section title="If it had been so">
        <p className="text-2" role="status">
          {effect}
        </p>
      </Section>
    </ModalDrawer>
  );
};

import { Fragment, type KeyboardEvent, useRef } from 'react';
import { POLICY_MODES, type PolicyMode } from '../../../src-server/contract/terms.ts';
import { CountChip } from '../../ui/chip.tsx';

type Step = 'byoc' | 'managed' | 'refuse';
const STEP_LABELS: Readonly<Record<Step, string>> = { byoc: 'BYOC', managed: 'Managed', refuse: 'Refuse' };
const MODES: Readonly<Record<PolicyMode, { steps: readonly Step[]; words: string }>> = {
  byoc_only: { steps: ['byoc', 'refuse'], words: 'Your sources only. Never crosses sides.' },
  byoc_first: { steps: ['byoc', 'managed', 'refuse'], words: 'Your sources first, then the fallback rule.' },
  managed_first: { steps: ['managed', 'byoc', 'refuse'], words: 'Managed first, then the fallback rule.' },
  managed_only: { steps: ['managed', 'refuse'], words: 'Managed pool only. Never crosses sides.' },
};

/** Where a job may go, in order, as boxes: solid for BYOC, hatched for Managed. */
const Diagram = ({ steps }: { steps: readonly Step[] }) => (
  <span className="mode-steps" aria-hidden="true">
    {steps.map((step, i) => (
      <Fragment key={step}>
        {i === 0 ? null : <i className="mode-arrow" />}
        <span className={`mode-step is-${step} ${step === 'managed' ? 'hatched' : ''}`}>{STEP_LABELS[step]}</span>
      </Fragment>
    ))}
  </span>
);

interface ModePickerProps {
  value: PolicyMode;
  live: PolicyMode;
  onChange: (mode: PolicyMode) => void;
}

/** The four modes as cards; arrows move among them. */
export const ModePicker = ({ value, live, onChange }: ModePickerProps) => {
  const group = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const next = POLICY_MODES[(POLICY_MODES.indexOf(value) + step + POLICY_MODES.length) % POLICY_MODES.length];
    if (next === undefined) return;
    event.preventDefault();
    onChange(next);
    group.current?.querySelector<HTMLElement>(`[data-mode="${next}"]`)?.focus();
  };
  return (
    <div ref={group} className="modes" role="radiogroup" aria-label="Mode" onKeyDown={onKeyDown}>
      {POLICY_MODES.map((mode) => (
        // biome-ignore lint/a11y/useSemanticElements: a card of words and a diagram, not a dot
        <button
          key={mode}
          type="button"
          role="radio"
          data-mode={mode}
          aria-checked={mode === value}
          aria-label={`${mode}${mode === live ? ', live' : ''}. ${MODES[mode].words}`}
          tabIndex={mode === value ? 0 : -1}
          className="mode"
          onClick={() => onChange(mode)}
        >
          <span className="row">
            <b className="mono">{mode}</b>
            {mode === live ? <CountChip count="live" /> : null}
            <i className="mode-radio push" aria-hidden="true" />
          </span>
          <Diagram steps={MODES[mode].steps} />
          <span className="text-2 text-xs">{MODES[mode].words}</span>
        </button>
      ))}
    </div>
  );
};

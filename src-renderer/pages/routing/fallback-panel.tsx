import { Lock, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { FALLBACK_MODES } from '../../../src-server/contract/terms.ts';
import { formatSpan } from '../../format/duration.ts';
import type { PolicyFields } from '../../stores/policy-drafts.ts';
import { Button } from '../../ui/button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { isSame } from './policy-draft.ts';
import { SpanInput } from './span-input.tsx';

const DAY_MS = 86_400_000;
const REFUSE_MIN_MS = 1_000;
const REFUSE_MAX_MS = 30 * DAY_MS;
const MODES = FALLBACK_MODES.map((mode) => ({ value: mode, label: mode }));

const Rule = ({
  n,
  isChanged,
  end,
  children,
}: {
  n: number;
  isChanged?: boolean;
  end: ReactNode;
  children: ReactNode;
}) => (
  <li className={isChanged ? 'rule is-changed' : 'rule'}>
    <span className="text-3">{n}</span>
    <span className="rule-words">{children}</span>
    <span className="row">{end}</span>
  </li>
);
const Undo = ({ label, onClick }: { label: string; onClick: () => void }) => (
  <Button look="ghost" size="small" icon={<Undo2 />} label={label} onClick={onClick} />
);

interface FallbackPanelProps {
  base: PolicyFields;
  fields: PolicyFields;
  onChange: (change: Partial<PolicyFields>) => void;
}

/** What happens when the first side has no place: the three rules, in the order in which they are judged. */
export const FallbackPanel = ({ base, fields, onChange }: FallbackPanelProps) => {
  const { fallback } = fields;
  const isFallbackChanged = !isSame(base.fallback, fallback);
  const isRefuseChanged = base.refuse_after_ms !== fields.refuse_after_ms;
  const was = (before: string) => <s className="was">{before}</s>;
  return (
    <ol className="rules panel">
      <Rule
        n={1}
        end={
          <span className="row text-2 text-xs">
            <Lock size={14} aria-hidden="true" />
            Fixed
          </span>
        }
      >
        If the budget does not cover the worst case, <b className="medium">refuse</b>
      </Rule>
      <Rule
        n={2}
        isChanged={isFallbackChanged}
        end={
          isFallbackChanged ? (
            <Undo label="Undo the fallback" onClick={() => onChange({ fallback: base.fallback })} />
          ) : null
        }
      >
        If the first side is busy for{' '}
        {base.fallback.after_ms === fallback.after_ms ? null : was(formatSpan(base.fallback.after_ms))}
        <SpanInput
          label="How long the first side may be busy"
          valueMs={fallback.after_ms}
          minMs={0}
          maxMs={DAY_MS}
          onChange={(ms) => onChange({ fallback: { ...fallback, after_ms: ms ?? 0 } })}
        />
        {base.fallback.mode === fallback.mode ? null : was(base.fallback.mode)}
        <Segmented
          label="Fallback"
          value={fallback.mode}
          choices={MODES}
          onChange={(mode) => onChange({ fallback: { ...fallback, mode } })}
        />
      </Rule>
      <Rule
        n={3}
        isChanged={isRefuseChanged}
        end={
          isRefuseChanged ? (
            <Undo label="Undo the time to refuse" onClick={() => onChange({ refuse_after_ms: base.refuse_after_ms })} />
          ) : null
        }
      >
        If nothing takes it for{' '}
        {isRefuseChanged ? was(base.refuse_after_ms === null ? 'ever' : formatSpan(base.refuse_after_ms)) : null}
        <SpanInput
          label="How long a job may wait until it is refused"
          valueMs={fields.refuse_after_ms}
          minMs={REFUSE_MIN_MS}
          maxMs={REFUSE_MAX_MS}
          emptyWords="any time"
          onChange={(refuse_after_ms) => onChange({ refuse_after_ms })}
        />
        , <b className="medium">{fields.refuse_after_ms === null ? 'wait on' : 'refuse'}</b>
      </Rule>
    </ol>
  );
};

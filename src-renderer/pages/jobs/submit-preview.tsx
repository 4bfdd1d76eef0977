import type { Explain } from '../../../src-server/contract/decision.ts';
import { scopeWords } from '../../../src-server/contract/scope-words.ts';
import type { DecisionOutcome } from '../../../src-server/contract/terms.ts';
import type { BodyOf } from '../../api/calls.ts';
import { useJobPreview } from '../../api/preview.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { WhyText } from '../../components/why-text.tsx';
import { formatCu } from '../../format/number.ts';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { JOB_LOOKS, type StateLook } from '../../ui/state-vocabulary.ts';

const OUTCOMES: Readonly<Record<DecisionOutcome, StateLook>> = {
  assigned: { label: 'Would be assigned', shape: 'tick', tone: 'ok' },
  waiting: { label: 'Would wait', shape: JOB_LOOKS.queued.shape, tone: 'idle' },
  held: { label: 'Would be held', shape: JOB_LOOKS.held.shape, tone: 'wait' },
  refused: { label: 'Would be refused', shape: JOB_LOOKS.refused.shape, tone: 'refuse' },
};

const holdWords = (explain: Explain): string => {
  const { needed_mcu, limit_mcu, scope } = explain.budget;
  if (needed_mcu === 0) return 'Holds nothing: this side counts 0 CU here.';
  if (limit_mcu === null || scope === null) return `Holds at most ${formatCu(needed_mcu)}.`;
  return `Holds at most ${formatCu(needed_mcu)} of the ${formatCu(limit_mcu)} for ${scopeWords(scope)}.`;
};

/** Where the job would go now, in the words its page would use. */
export const SubmitPreview = ({ spec }: { spec: BodyOf<'jobSubmit'> | null }) => {
  const { data, error } = useJobPreview(spec);
  const look = data === undefined || spec === null ? null : OUTCOMES[data.outcome];
  return (
    <section className="submit-preview" aria-label="If submitted now">
      <div className="row">
        <b>If submitted now</b>
        {look === null ? null : (
          <span className="row push text-xs" data-tone={look.tone}>
            <StateGlyph shape={look.shape} size={14} className="tone" />
            {look.label}
          </span>
        )}
      </div>
      <div aria-live="polite">
        {error !== null && spec !== null ? (
          <p className="text-2">{problemText(error)}</p>
        ) : data === undefined || spec === null ? (
          <p className="text-2">Fill in the WU, title and command to see where it would go.</p>
        ) : (
          <p>
            <WhyText sentence={data.sentence} /> <span className="text-2">{holdWords(data)}</span>
          </p>
        )}
      </div>
    </section>
  );
};

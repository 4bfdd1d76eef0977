import { Check, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { problemText } from '../../components/problem-panel.tsx';
import { keysOf } from '../../keyboard/bindings.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { Button } from '../../ui/button.tsx';

interface DecisionBarProps {
  yesLabel: string;
  yesBusy: string;
  noLabel: string;
  noBusy: string;
  yesLack: string | undefined;
  noLack: string | undefined;
  /** Which answer is on its way. */
  busy: 'yes' | 'no' | null;
  problem: unknown;
  onYes: (reason: string | undefined) => void;
  onNo: (reason: string) => void;
}

/** The reason and both answers. A rejection needs its reason; a bare press puts the cursor where it belongs. */
export const DecisionBar = (props: DecisionBarProps) => {
  const [reason, setReason] = useState('');
  const [isReasonMissing, setReasonMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const said = reason.trim();
  const yes = () => {
    if (props.yesLack === undefined && props.busy === null) props.onYes(said === '' ? undefined : said);
  };
  const no = () => {
    if (props.noLack !== undefined || props.busy !== null) return;
    if (said !== '') return props.onNo(said);
    setReasonMissing(true);
    field.current?.focus();
  };
  useCommand('approval.approve', yes);
  useCommand('approval.reject', no);
  const note = isReasonMissing ? 'Say why it is rejected.' : (props.yesLack ?? props.noLack);
  return (
    <div className="decision-bar">
      <div className="decision-reason">
        <span className="input" data-invalid={isReasonMissing || undefined}>
          <input
            ref={field}
            aria-label="Reason"
            aria-invalid={isReasonMissing || undefined}
            aria-describedby="decision-note"
            placeholder="Reason, required to reject"
            maxLength={500}
            value={reason}
            onChange={(event) => {
              setReason(event.target.value);
              setReasonMissing(false);
            }}
          />
        </span>
        <div id="decision-note" className={isReasonMissing ? 'field-error' : 'field-hint'} aria-live="polite">
          {note}
        </div>
        {props.problem === null ? null : (
          <p className="field-error" role="alert">
            {problemText(props.problem)}
          </p>
        )}
      </div>
      <Button
        className="push"
        look="danger"
        size="large"
        icon={<X />}
        keys={keysOf('approval.reject')}
        disabledReason={props.noLack}
        isBusy={props.busy === 'no'}
        busyLabel={props.noBusy}
        onClick={no}
      >
        {props.noLabel}
      </Button>
      <Button
        look="primary"
        size="large"
        icon={<Check />}
        keys={keysOf('approval.approve')}
        disabledReason={props.yesLack}
        isBusy={props.busy === 'yes'}
        busyLabel={props.yesBusy}
        onClick={yes}
      >
        {props.yesLabel}
      </Button>
    </div>
  );
};

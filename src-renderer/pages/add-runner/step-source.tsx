import { MonitorCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { routes } from '../../routes.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { ChoiceList } from './choice-list.tsx';
import { StepFrame } from './step-frame.tsx';
import { CLASS_CHOICES, CLASS_WORDS, PLACES, type Place, type WizardDraft } from './wizard-draft.ts';

interface StepSourceProps {
  draft: WizardDraft;
  /** For which job the form was filled in. */
  notice: ReactNode;
  isLoopbackOnly: boolean;
  onChange: (change: Partial<WizardDraft>) => void;
  onNext: () => void;
}

/** What a runner elsewhere needs to know of a plane that only this machine reaches. */
export const LoopbackNotice = () => (
  <Banner tone="wait" shape="triangle" role="status" title="This control plane listens on 127.0.0.1 only.">
    A runner elsewhere cannot reach it. Start it with <code>serve --public-url https://…</code>, or pick This machine.
  </Banner>
);

/** Step 1: where the runner lives, and which class it serves. */
export const StepSource = ({ draft, notice, isLoopbackOnly, onChange, onNext }: StepSourceProps) => {
  const ws = useWorkspaceId();
  return (
    <StepFrame
      title="Where will this runner live?"
      lead="You operate it. Connected Compute grants it only the work your policy allows. Nothing is created until step 3."
      foot={
        <>
          <Link className={buttonClass('default', 'large')} to={routes.sources(ws)}>
            Cancel
          </Link>
          <Button className="push" look="primary" size="large" onClick={onNext}>
            Continue
          </Button>
        </>
      }
    >
      {notice}
      <ChoiceList
        label="Source kind"
        isCards
        value={draft.place}
        choices={(Object.keys(PLACES) as Place[]).map((place) => ({
          value: place,
          title: PLACES[place].title,
          detail: PLACES[place].detail,
          icon:
            place === 'this' ? (
              <MonitorCheck size={18} aria-hidden="true" />
            ) : (
              <KindIcon kind={PLACES[place].kind} size={18} />
            ),
        }))}
        onChange={(place) => onChange({ place })}
      />
      {isLoopbackOnly && draft.place !== 'this' ? <LoopbackNotice /> : null}
      <div className="step-part">
        <h3>Compute class</h3>
        <ChoiceList
          label="Compute class"
          value={draft.computeClass}
          choices={CLASS_CHOICES.map((value) => ({
            value,
            title: value === 'detect' ? 'Detect' : value,
            detail: CLASS_WORDS[value],
            end: value === 'detect' ? 'Default' : undefined,
          }))}
          onChange={(computeClass) => onChange({ computeClass })}
        />
        <p className="field-hint">Pick one to pin it, whatever the runner finds.</p>
      </div>
    </StepFrame>
  );
};

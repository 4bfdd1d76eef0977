import { Check } from 'lucide-react';

const STEPS = [
  ['Source', 'Kind and class'],
  ['Runner', 'Name, slots, labels'],
  ['Credential', 'Shown once'],
  ['Connect', 'Three commands'],
  ['First job', 'Live check'],
] as const;

/** Where one is on the way. */
export const WizardSteps = ({ current }: { current: number }) => (
  <nav className="wizard-nav" aria-label="Steps">
    <ol>
      {STEPS.map(([title, detail], i) => {
        const isDone = i + 1 < current;
        return (
          <li key={title} aria-current={i + 1 === current ? 'step' : undefined}>
            <span className={isDone ? 'wizard-dot is-done' : 'wizard-dot'}>
              {isDone ? <Check size={14} aria-hidden="true" /> : i + 1}
            </span>
            <span>
              <span className="medium">{title}</span>
              {isDone ? <span className="visually-hidden">, done</span> : null}
              <span className="text-xs">{detail}</span>
            </span>
          </li>
        );
      })}
    </ol>
  </nav>
);

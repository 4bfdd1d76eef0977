import { Check, CircleSlash, Clock, Database, type LucideIcon, Pause, Unplug, X } from 'lucide-react';
import { useState } from 'react';
import { DEMO_CHAOS, type Demo, type DemoChaos, type DemoSteer } from '../../../src-server/contract/demo.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { CHAOS_WORDS, INVARIANT_WORDS } from './demo-words.ts';
import './chaos-panel.css';

const ICONS: Readonly<Record<DemoChaos, LucideIcon>> = {
  kill: CircleSlash,
  pause: Pause,
  partition: Unplug,
  skew: Clock,
  slow_disk: Database,
};

/** Interfering with a runner, and the promises that hold all the same. */
export const ChaosPanel = ({ demo, onSteer }: { demo: Demo; onSteer: (wish: DemoSteer) => Promise<void> }) => {
  const [wanted, setWanted] = useState<string>();
  const target = demo.chaos.find(({ runner }) => runner === wanted) ?? demo.chaos[0];
  return (
    <section className="demo-chaos" aria-label="Chaos">
      <div className="demo-chaos-row">
        <h3>Chaos on</h3>
        {target === undefined ? (
          <span className="text-3 text-xs">no runner is enrolled yet</span>
        ) : (
          <SelectField
            label="Runner"
            isLabelHidden
            isSmall
            value={target.runner}
            items={demo.chaos.map(({ runner }) => ({ value: runner, label: runner }))}
            onChange={setWanted}
          />
        )}
        <span className="demo-rule" />
        {DEMO_CHAOS.map((kind) => {
          const Icon = ICONS[kind];
          const isOn = target?.kinds.includes(kind) ?? false;
          return (
            <Button
              key={kind}
              size="small"
              label={
                target === undefined
                  ? CHAOS_WORDS[kind].begin
                  : `${isOn ? CHAOS_WORDS[kind].end : CHAOS_WORDS[kind].begin} ${target.runner}`
              }
              icon={<Icon size={14} aria-hidden="true" />}
              isPressed={isOn}
              disabledReason={target === undefined ? 'No runner is enrolled yet. Let the story go on.' : undefined}
              onClick={() =>
                target === undefined ? undefined : void onSteer({ do: 'chaos', runner: target.runner, kind, on: !isOn })
              }
            >
              {isOn ? CHAOS_WORDS[kind].end : CHAOS_WORDS[kind].begin}
            </Button>
          );
        })}
      </div>
      <ul className="demo-invariants" aria-label="Invariants">
        {demo.invariants.map(({ id, holds, detail }) => (
          <li key={id} data-tone={holds ? 'ok' : 'fail'} title={detail ?? undefined}>
            {holds ? <Check size={12} aria-hidden="true" /> : <X size={12} aria-hidden="true" />}
            <span>
              {INVARIANT_WORDS[id]}
              <span className="visually-hidden">{holds ? ': holds' : `: broken. ${detail ?? ''}`}</span>
            </span>
            <span className="push text-3">{id}</span>
          </li>
        ))}
      </ul>
    </section>
  );
};

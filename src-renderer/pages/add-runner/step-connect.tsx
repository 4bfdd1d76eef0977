import { type ReactNode, useState } from 'react';
import type { Commands } from '../../../src-server/contract/source.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { toast } from '../../stores/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { CommandBlock } from '../../ui/command-block.tsx';
import { type Choice, Segmented } from '../../ui/segmented.tsx';
import { StateGlyph, type StateShape } from '../../ui/state-glyph.tsx';
import type { Tone } from '../../ui/tone.ts';
import type { RunnerProgress, RunnerStage } from './runner-progress.ts';
import { StepFrame } from './step-frame.tsx';
import { LoopbackNotice } from './step-source.tsx';

type Shell = keyof Commands;
const SHELLS: readonly Choice<Shell>[] = [
  { value: 'bash', label: 'bash, zsh' },
  { value: 'powershell', label: 'PowerShell' },
];
const STAGE_LOOKS: Readonly<Record<RunnerStage, { shape: StateShape; tone: Tone }>> = {
  waiting: { shape: 'turning-ring', tone: 'run' },
  connected: { shape: 'turning-ring', tone: 'run' },
  unfit: { shape: 'cross-shield', tone: 'refuse' },
  ready: { shape: 'tick-circle', tone: 'ok' },
};

interface StepConnectProps {
  name: string;
  commands: Commands | null;
  progress: RunnerProgress;
  isUnreachable: boolean;
  /** What the commands need besides, by the kind of the source. */
  fields: ReactNode;
  onBack: () => void;
  onNext: () => void;
}

const copy = (text: string | undefined, verb: string) => {
  if (text !== undefined) void navigator.clipboard.writeText(text).then(() => toast(`${verb} copied.`));
};

/** Step 4: the three commands, and what was heard from the runner so far. */
export const StepConnect = (props: StepConnectProps) => {
  const { name, commands, progress, isUnreachable, fields, onBack, onNext } = props;
  const [shell, setShell] = useState<Shell>('bash');
  const set = commands?.[shell];
  useCommand('command.copy1', () => copy(set?.connect, 'Connect'));
  useCommand('command.copy2', () => copy(set?.doctor, 'Doctor'));
  useCommand('command.copy3', () => copy(set?.run, 'Run once'));
  const look = STAGE_LOOKS[progress.stage];
  return (
    <StepFrame
      title={`Run these on ${name}`}
      end={<Segmented label="Shell" value={shell} choices={SHELLS} onChange={setShell} />}
      lead="Needs Node 20 or newer. No CLI to install, no package registry, no cloud token. Each command checks the bootstrap’s SHA-256 before it runs, and holds no secret. Only connect asks for the credential, at a hidden prompt."
      foot={
        <>
          <Button size="large" onClick={onBack}>
            Back
          </Button>
          <span className="row text-2" data-tone={look.tone} role="status">
            <StateGlyph shape={look.shape} size={14} className="tone" />
            {progress.words}
          </span>
          <Button className="push" look="primary" size="large" onClick={onNext}>
            {progress.stage === 'waiting' ? 'I ran connect' : 'Continue'}
          </Button>
        </>
      }
    >
      {isUnreachable ? <LoopbackNotice /> : null}
      {set === undefined ? (
        <p className="text-2">
          This tab no longer has the commands. They stand in the tab that created the credential; or go back, burn it
          and enroll again to print new ones.
        </p>
      ) : (
        <>
          {fields}
          <CommandBlock
            number={1}
            verb="Connect"
            effect="Asks for the credential at a hidden prompt and uses it up."
            command={set.connect}
          />
          <CommandBlock
            number={2}
            verb="Doctor"
            effect="Checks this source and tries its confinement. Changes nothing."
            command={set.doctor}
          />
          <CommandBlock number={3} verb="Run once" effect="Claims one job, runs it, then stops." command={set.run} />
        </>
      )}
    </StepFrame>
  );
};

import { Pause, Play, SkipBack, SkipForward } from 'lucide-react';
import { DEMO_SPEEDS, type Demo, type DemoSteer } from '../../../src-server/contract/demo.ts';
import { formatDuration } from '../../format/duration.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { Button } from '../../ui/button.tsx';
import { KeyCaps } from '../../ui/key-caps.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { lookOfType } from '../evidence/entry-row-words.ts';
import { useSeek } from './use-seek.ts';
import './transport.css';

const SPEEDS = DEMO_SPEEDS.map((speed) => ({ value: String(speed), label: `${speed}×` }));
/** Keys on the line of time move by this much, ms. */
const NUDGE_MS = 1_000;

/** Several of one kind at one moment are one mark. */
const eachOnce = (marks: Demo['marks']): Demo['marks'] => [
  ...new Map(marks.map((mark) => [`${mark.at_ms} ${mark.type}`, mark])).values(),
];

/** The virtual clock: back, play, forward, the line of time with what stood out, speed. */
export const Transport = ({ demo, onSteer }: { demo: Demo; onSteer: (wish: DemoSteer) => Promise<void> }) => {
  const isPlaying = demo.state === 'playing';
  const toggle = () => void onSteer(isPlaying ? { do: 'pause' } : { do: 'play' });
  const step = (to: 'next' | 'previous') => void onSteer({ do: 'step', to });
  const { seek, shownMs } = useSeek(onSteer);
  useCommand('demo.play', toggle);
  useCommand('demo.forward', () => step('next'));
  useCommand('demo.back', () => step('previous'));
  const share = (ms: number): string => `${(Math.min(1, ms / Math.max(1, demo.ends_at_ms)) * 100).toFixed(2)}%`;
  const speed = DEMO_SPEEDS.find((each) => each === demo.speed) ?? 4;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid
    <div className="demo-transport" role="group" aria-label="Virtual clock">
      <div className="row">
        <Button
          size="large"
          icon={<SkipBack size={16} aria-hidden="true" />}
          label="Step back one event"
          onClick={() => step('previous')}
        />
        <Button
          look="primary"
          size="large"
          icon={isPlaying ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
          label={isPlaying ? 'Pause' : demo.state === 'over' ? 'Play again' : 'Play'}
          onClick={toggle}
        />
        <Button
          size="large"
          icon={<SkipForward size={16} aria-hidden="true" />}
          label="Step forward one event"
          disabledReason={demo.state === 'over' ? 'The story is over. Play it again, or step back.' : undefined}
          onClick={() => step('next')}
        />
      </div>
      <div className="demo-clock">
        {formatDuration(demo.at_ms)}
        <small>{demo.is_free ? 'free run' : `of ${formatDuration(demo.ends_at_ms)}`}</small>
      </div>
      <div className="demo-line">
        <span className="demo-line-past" style={{ width: share(demo.at_ms) }} />
        {eachOnce(demo.marks).map(({ at_ms: atMs, type }) => (
          <span
            key={`${atMs} ${type}`}
            className="demo-mark"
            data-tone={
              lookOfType(type)?.tone ?? (type === 'lease.granted' ? 'run' : type === 'job.settled' ? 'ok' : 'wait')
            }
            style={{ left: share(atMs) }}
            title={`${formatDuration(atMs)} ${type}`}
          />
        ))}
        <input
          type="range"
          aria-label="Virtual time"
          min={0}
          max={demo.ends_at_ms}
          step={NUDGE_MS}
          value={shownMs ?? demo.at_ms}
          aria-valuetext={`${formatDuration(demo.at_ms)} of ${formatDuration(demo.ends_at_ms)}`}
          onChange={({ target }) => void seek(Number(target.value))}
        />
      </div>
      <div className="row">
        <Segmented
          label="Speed"
          value={String(speed)}
          choices={SPEEDS}
          onChange={(value) => {
            const wanted = DEMO_SPEEDS.find((each) => String(each) === value) ?? 4;
            void onSteer({ do: 'play', speed: wanted });
          }}
        />
        <span className="text-3 text-xs hide-narrow demo-keys">
          <KeyCaps keys={keysOf('demo.play')} /> pause <KeyCaps keys={keysOf('demo.back')} />
          <KeyCaps keys={keysOf('demo.forward')} /> step
        </span>
      </div>
    </div>
  );
};

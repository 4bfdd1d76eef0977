import type { Demo } from '../../../src-server/contract/demo.ts';
import { useDemoScenarios, useSteer } from '../../api/demo.ts';
import { Announce } from '../../components/announce.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { ChaosPanel } from './chaos-panel.tsx';
import { DemoEvidence } from './demo-evidence.tsx';
import { headlineOf, lineNow } from './demo-words.ts';
import { ScenarioList } from './scenario-list.tsx';
import { Stage } from './stage.tsx';
import { Story } from './story.tsx';
import { Transport } from './transport.tsx';

/** A running demo: stories, the stage with its caption, chaos and evidence, the story so far, the clock. */
export const DemoBoard = ({ demo }: { demo: Demo }) => {
  const scenarios = useDemoScenarios();
  const { steer, error } = useSteer();
  const line = lineNow(demo);
  const caption = line === null ? null : headlineOf(line.text);
  return (
    <div className="demo-board">
      <aside className="demo-scenarios" aria-label="Scenarios">
        <h2>Scenarios</h2>
        <ScenarioList
          scenarios={scenarios.data ?? []}
          chosen={demo.scenario}
          onChoose={(scenario) => void steer({ do: 'choose', scenario })}
        />
      </aside>
      <div className="demo-middle">
        <Announce text={line?.text ?? ''} />
        <div className="demo-caption">
          <p className="demo-now">{caption?.headline ?? 'Press play.'}</p>
          <p className="text-2">{caption?.rest || (line?.notes.at(-1)?.text ?? '')}</p>
        </div>
        {error === null ? null : <ProblemPanel error={error} />}
        <Stage demo={demo} />
        <ChaosPanel demo={demo} onSteer={steer} />
        <DemoEvidence demo={demo} />
      </div>
      <Story demo={demo} onSeek={(atMs) => void steer({ do: 'seek', at_ms: atMs })} />
      <Transport demo={demo} onSteer={steer} />
    </div>
  );
};

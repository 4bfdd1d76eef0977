import { useRef } from 'react';
import type { DemoScenario } from '../../../src-server/contract/demo.ts';
import { formatDuration } from '../../format/duration.ts';
import { headlineOf } from './demo-words.ts';

interface ScenarioListProps {
  scenarios: readonly DemoScenario[];
  chosen: string | null;
  onChoose: (name: string) => void;
}

/** The stories as one choice: arrows move within it, Enter or a click begins one. */
export const ScenarioList = ({ scenarios, chosen, onChoose }: ScenarioListProps) => {
  const list = useRef<HTMLDivElement>(null);
  const move = (by: number): void => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>('[role="radio"]') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + by + items.length) % items.length]?.focus();
  };
  const entry = chosen ?? scenarios[0]?.name;
  return (
    <div
      ref={list}
      className="scenario-list"
      role="radiogroup"
      aria-label="Scenario"
      onKeyDown={({ key }) => {
        if (key === 'ArrowDown') move(1);
        if (key === 'ArrowUp') move(-1);
      }}
    >
      {scenarios.map(({ name, title, about, duration_ms: ms }) => (
        // biome-ignore lint/a11y/useSemanticElements: a choice that acts at once, with two lines of text
        <button
          key={name}
          type="button"
          role="radio"
          className="scenario"
          aria-checked={name === chosen}
          tabIndex={name === entry ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          <b>{title}</b>
          <time>{formatDuration(ms)}</time>
          <span className="text-2 text-xs">{headlineOf(about).headline}</span>
        </button>
      ))}
    </div>
  );
};

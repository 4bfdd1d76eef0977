import { Pause, Play } from 'lucide-react';
import type { Overview, RecentDecision } from '../../../src-server/contract/workspace.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { useConnection } from '../../stores/connection.ts';
import { useUi } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { SOURCE_LOOKS } from '../../ui/state-vocabulary.ts';
import { useSettledRows } from '../../ui/use-settled-rows.ts';
import { AssignmentRow } from './assignment-row.tsx';

const idOf = (decision: RecentDecision) => decision.decision_id;

/** Every decision as it falls, newest first; it stands still while paused or under the pointer. */
export const AssignmentsPanel = ({ data }: { data: Overview }) => {
  const { isStreamPaused, setStreamPaused } = useUi();
  const isLive = useConnection((connection) => connection.state === 'live');
  const { rows, waiting, catchUp, hold } = useSettledRows(data.decisions, idOf, isStreamPaused);
  const toggle = () => setStreamPaused(!isStreamPaused);
  useCommand('stream.pause', toggle);
  const kinds = new Map(data.sources.map((source) => [source.source_id, source.kind]));
  const label = isStreamPaused ? 'Paused' : isLive ? 'Live' : 'Not live';
  const look = isLive && !isStreamPaused ? SOURCE_LOOKS.online : SOURCE_LOOKS.offline;
  return (
    <Panel
      title="Assignments"
      className="overview-fill"
      beside={<StateBadge isPill look={look} label={label} />}
      end={
        <>
          {waiting > 0 ? (
            <Button size="small" onClick={catchUp}>
              {waiting} new
            </Button>
          ) : (
            <span className="text-2 text-xs hide-narrow">Newest first</span>
          )}
          <Button
            look="ghost"
            size="small"
            icon={isStreamPaused ? <Play /> : <Pause />}
            keys={keysOf('stream.pause')}
            isPressed={isStreamPaused}
            onClick={toggle}
          >
            {isStreamPaused ? 'Go on' : 'Pause'}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
      <div className="overview-scroll" role="log" aria-label="Assignment decisions" tabIndex={0} {...hold}>
        {rows.length === 0 ? (
          <p className="overview-quiet">No decision yet. Submitted jobs appear here with where they go and why.</p>
        ) : (
          rows.map((decision) => (
            <AssignmentRow
              key={decision.decision_id}
              decision={decision}
              kind={decision.source_id === null ? null : (kinds.get(decision.source_id) ?? null)}
            />
          ))
        )}
      </div>
    </Panel>
  );
};

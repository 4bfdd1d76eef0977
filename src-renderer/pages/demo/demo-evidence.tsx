import { Link } from 'react-router';
import type { Demo } from '../../../src-server/contract/demo.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { formatDuration } from '../../format/duration.ts';
import { formatCount, formatSeq } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { CHAIN_LOOKS } from '../../ui/state-vocabulary.ts';
import { detailOf, lookOfType } from '../evidence/entry-row-words.ts';
import { EventIcon } from '../evidence/event-icon.tsx';
import { headType } from '../job/entry-words.ts';

const SHOWN = 4;

/** The newest entries of the demo's own log; each opens on the Evidence screen of the demo. */
export const DemoEvidence = ({ demo }: { demo: Demo }) => {
  const ws = useWorkspaceId();
  const beginsMs = Date.parse(demo.begins);
  return (
    <Panel
      className="demo-evidence"
      title="Evidence"
      beside={<span className="text-2 text-xs">demo log, {formatCount(demo.entries)} entries</span>}
      end={<StateBadge look={demo.chain_holds ? CHAIN_LOOKS.verified : CHAIN_LOOKS.broken} />}
    >
      <table className="demo-log">
        <tbody>
          {demo.evidence.slice(0, SHOWN).map((entry) => {
            const head = headType(entry.types);
            const look = lookOfType(head);
            return (
              <tr key={entry.seq}>
                <td>
                  <Link to={routes.evidence(ws, { entry: String(entry.seq) })}>{formatSeq(entry.seq)}</Link>
                </td>
                <td className="text-2">{formatDuration(Date.parse(entry.at) - beginsMs)}</td>
                <td data-tone={look?.tone}>
                  <span className="row">
                    {look === null ? <EventIcon type={head} /> : <StateGlyph shape={look.shape} size={14} />}
                    <span className="truncate">{head}</span>
                    {entry.types.length > 1 ? <small className="count">+{entry.types.length - 1}</small> : null}
                  </span>
                </td>
                <td className="text-2 truncate">{detailOf(entry)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
};

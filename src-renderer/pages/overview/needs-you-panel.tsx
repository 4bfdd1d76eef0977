import type { Overview } from '../../../src-server/contract/workspace.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { needHref, needLook } from '../../components/needs/need-look.ts';
import { NeedRow } from '../../components/needs/need-row.tsx';
import { CountChip } from '../../ui/chip.tsx';
import { Panel } from '../../ui/panel.tsx';

/** What waits for a person, each with the place to act. */
export const NeedsYouPanel = ({ data }: { data: Overview }) => {
  const ws = useWorkspaceId();
  const needs = data.needs_you;
  return (
    <Panel title="Needs you" beside={needs.length === 0 ? undefined : <CountChip count={needs.length} />}>
      {needs.length === 0 ? (
        <p className="overview-quiet">Nothing needs you. Jobs that wait for your word appear here.</p>
      ) : (
        <ul>
          {needs.map((need) => (
            <li key={`${need.kind} ${need.title}`}>
              <NeedRow look={needLook(need)} title={need.title} detail={need.detail} to={needHref(ws, need)} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
};

import { ChevronRight } from 'lucide-react';
import { Link } from 'react-router';
import type { Overview } from '../../../src-server/contract/workspace.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { routes } from '../../routes.ts';
import { CountChip } from '../../ui/chip.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { JOB_LOOKS, LEASE_LOOKS, SOURCE_LOOKS, type StateLook, SWITCH_LOOKS } from '../../ui/state-vocabulary.ts';

type Need = Overview['needs_you'][number];
const LOOKS: Readonly<Record<Need['kind'], StateLook>> = {
  approval: JOB_LOOKS.held,
  lease: LEASE_LOOKS.expiring,
  source: SOURCE_LOOKS.quarantined,
  dead_letter: JOB_LOOKS.dead_letter,
  paused: SWITCH_LOOKS.draining,
};

const hrefOf = (ws: string, need: Need): string => {
  if (need.job_id !== null) return routes.job(ws, need.job_id);
  if (need.source_id !== null) return routes.sources(ws, { source: need.source_id });
  if (need.kind === 'dead_letter') return routes.jobs(ws, { state: 'dead_letter' });
  return need.kind === 'approval' ? routes.approvals(ws) : routes.sources(ws);
};

/** What waits for a person, each with the place to act. */
export const NeedsYouPanel = ({ data }: { data: Overview }) => {
  const ws = useWorkspaceId();
  const needs = data.needs_you;
  return (
    <Panel title="Needs you" beside={needs.length === 0 ? undefined : <CountChip count={needs.length} />}>
      {needs.length === 0 ? (
        <p className="overview-quiet">Nothing needs you. Jobs that wait for your word appear here.</p>
      ) : (
        <ul className="needs">
          {needs.map((need) => (
            <li key={`${need.kind} ${need.title}`}>
              <Link to={hrefOf(ws, need)} data-tone={LOOKS[need.kind].tone}>
                <StateGlyph shape={LOOKS[need.kind].shape} className="tone" />
                <span className="two-lines">
                  <span className="medium truncate">{need.title}</span>
                  <span className="truncate">{need.detail}</span>
                </span>
                <ChevronRight size={16} className="text-3" aria-hidden="true" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
};

import { History } from 'lucide-react';
import { Link, useNavigate } from 'react-router';
import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { routes } from '../../routes.ts';
import { buttonClass } from '../../ui/button.tsx';
import { KeyCaps } from '../../ui/key-caps.tsx';

/** Leads to the workspace as it stood right after the job's newest entry. */
export const ReplayLink = ({ entries }: { entries: readonly EvidenceItem[] }) => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const newest = entries.at(-1);
  const to = newest === undefined ? null : routes.replay(ws, newest.seq);
  useCommand('job.replay', () => to !== null && void navigate(to), to !== null);
  return to === null ? null : (
    <Link className={buttonClass('default')} to={to}>
      <History aria-hidden="true" />
      Replay
      <KeyCaps keys={keysOf('job.replay')} />
    </Link>
  );
};

import { Laptop, Server } from 'lucide-react';
import { useNavigate } from 'react-router';
import { ApiProblem } from '../../api/problem.ts';
import { useRemotes } from '../../api/remotes.ts';
import { useOwnSession } from '../../api/session.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { routes } from '../../routes.ts';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { SOURCE_LOOKS } from '../../ui/state-vocabulary.ts';
import { ConnectRemote } from './connect-remote.tsx';
import { RemoteRow } from './remote-row.tsx';
import { SettingsSection } from './setting-row.tsx';
import './workspaces-section.css';

const OwnRows = () => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const { data } = useOwnSession();
  const isEmbedded = data?.plane.hosted_by === 'desktop' || data?.plane.loopback_only;
  const Icon = isEmbedded ? Laptop : Server;
  return (data?.workspaces ?? []).map(({ workspace_id: id, name }) => (
    <li key={id} className="workspace-row">
      <Icon size={20} aria-hidden="true" />
      <div className="two-lines">
        <span className="medium truncate">{name}</span>
        <span className="truncate">
          {isEmbedded ? 'Embedded, data on this machine' : `Served at ${data?.plane.url}`}
        </span>
      </div>
      <StateBadge look={SOURCE_LOOKS.online} label="Running" />
      <Button
        size="small"
        label={id === ws ? undefined : `Switch to ${name}`}
        disabledReason={id === ws ? 'It is on screen.' : undefined}
        onClick={() => navigate(routes.overview(id))}
      >
        {id === ws ? 'Current' : 'Switch'}
      </Button>
    </li>
  ));
};

/** Which workspaces this console knows: its own, and remote ones. */
export const WorkspacesSection = () => {
  const { data, error, refetch } = useRemotes();
  // A control plane of an earlier version, or one without a host of its own, offers none.
  const isOffered = !(error instanceof ApiProblem && error.status === 404);
  return (
    <SettingsSection
      id="workspaces"
      title="Workspaces"
      about="One governance model. The console runs its own control plane or points at a remote one."
    >
      <div className="panel">
        <ul>
          <OwnRows />
          {(data?.items ?? []).map((remote) => (
            <RemoteRow key={remote.remote_id} remote={remote} />
          ))}
        </ul>
        {data === undefined && error === null ? <Skeleton rows={1} /> : null}
        {error !== null && isOffered ? <ProblemPanel error={error} onRetry={() => void refetch()} /> : null}
      </div>
      {data === undefined ? null : <ConnectRemote keptIn={data.tokens_kept_in} lack={data.lack ?? undefined} />}
    </SettingsSection>
  );
};

import { ChevronsUpDown, Laptop, MonitorPlay, Plus, Server } from 'lucide-react';
import { useNavigate } from 'react-router';
import { useIsDemo } from '../../api/demo.ts';
import { useOwnSession } from '../../api/session.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { routes } from '../../routes.ts';
import { usePlaces, useRemoteOf } from '../../stores/places.ts';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { RemoteMark } from '../remote-mark.tsx';

/** The workspace on screen by name, place and mark; opens the list of all that this console knows, remote ones too. */
export const WorkspaceSwitch = () => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const { data: own } = useOwnSession();
  const remotes = usePlaces((places) => places.remotes);
  const remote = useRemoteOf(ws);
  const isEmbedded = own?.plane.hosted_by === 'desktop' || own?.plane.loopback_only;
  const OwnIcon = isEmbedded ? Laptop : Server;
  const ownPlace = isEmbedded ? 'embedded' : 'served';
  const known = remote === null ? own?.workspaces : remote.workspaces;
  const isDemo = useIsDemo(ws);
  const knownName = known?.find((workspace) => workspace.workspace_id === ws)?.name;
  const name = isDemo ? 'Demo workspace' : knownName;
  const servedAt = remote === null ? ownPlace : new URL(remote.url).host;
  const place = isDemo ? 'simulated' : servedAt;
  const trigger = (
    <button type="button" className="workspace-switch" aria-label={`Workspace ${name ?? ''}, ${place}`}>
      {isDemo ? (
        <MonitorPlay size={16} aria-hidden="true" />
      ) : remote === null ? (
        <OwnIcon size={16} aria-hidden="true" />
      ) : (
        <RemoteMark colour={remote.colour} />
      )}
      <span className="truncate">{name ?? '…'}</span>
      {own === undefined && remote === null ? null : <small className="truncate">{place}</small>}
      <ChevronsUpDown size={14} className="text-3" aria-hidden="true" />
    </button>
  );
  const entry = (workspaceId: string, label: string, icon: MenuEntry['icon'], where: string): MenuEntry => ({
    id: workspaceId,
    label,
    icon,
    end: workspaceId === ws ? 'open' : where,
    onSelect: () => navigate(routes.overview(workspaceId)),
  });
  const entries = [
    ...(own?.workspaces ?? []).map((each) =>
      entry(each.workspace_id, each.name, <OwnIcon size={16} aria-hidden="true" />, ownPlace),
    ),
    ...remotes.flatMap(({ workspaces, colour, url }) =>
      workspaces.map((each) => entry(each.workspace_id, each.name, <RemoteMark colour={colour} />, new URL(url).host)),
    ),
    {
      id: 'connect',
      label: 'Connect a remote workspace',
      icon: <Plus size={16} aria-hidden="true" />,
      onSelect: () => navigate(`${routes.settings(ws)}#workspaces`),
    },
  ];
  return <Menu trigger={trigger} entries={entries} />;
};

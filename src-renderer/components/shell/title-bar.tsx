import { ChevronsUpDown, Laptop, Search, Server } from 'lucide-react';
import { useNavigate } from 'react-router';
import { useSession } from '../../api/session.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { routes } from '../../routes.ts';
import { toggleTheme } from '../../stores/theme.ts';
import { useUi } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { KeyCaps } from '../../ui/key-caps.tsx';
import { Menu } from '../../ui/menu.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import './title-bar.css';

const WorkspaceSwitch = () => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const { data } = useSession();
  const current = data?.workspaces.find((workspace) => workspace.workspace_id === ws);
  const isEmbedded = data?.plane.hosted_by === 'desktop' || data?.plane.loopback_only;
  const place = isEmbedded ? 'embedded' : 'served';
  const Icon = isEmbedded ? Laptop : Server;
  const trigger = (
    <button type="button" className="workspace-switch" aria-label={`Workspace ${current?.name ?? ''}, ${place}`}>
      <Icon size={16} aria-hidden="true" />
      <span className="truncate">{current?.name ?? '…'}</span>
      {data === undefined ? null : <small>{place}</small>}
      <ChevronsUpDown size={14} className="text-3" aria-hidden="true" />
    </button>
  );
  return (
    <Menu
      trigger={trigger}
      entries={(data?.workspaces ?? []).map((workspace) => ({
        id: workspace.workspace_id,
        label: workspace.name,
        icon: <Icon size={16} aria-hidden="true" />,
        end: workspace.workspace_id === ws ? 'open' : undefined,
        onSelect: () => navigate(routes.overview(workspace.workspace_id)),
      }))}
    />
  );
};

/** Workspace, search and theme; the place to drag the desktop window by. */
export const TitleBar = () => (
  <header className="title-bar">
    <WorkspaceSwitch />
    <button type="button" className="search-button" onClick={() => useUi.getState().setPaletteOpen(true)}>
      <Search size={14} aria-hidden="true" />
      <span className="truncate">Search jobs, sources, WUs or run a command</span>
      <KeyCaps keys={['Mod', 'k']} />
    </button>
    <div className="title-end">
      <Button look="ghost" icon={<StateGlyph shape="half-circle" />} label="Switch theme" onClick={toggleTheme} />
    </div>
  </header>
);

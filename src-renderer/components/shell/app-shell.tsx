import { memo } from 'react';
import { Outlet, useNavigate, useParams } from 'react-router';
import type { RemoteColour } from '../../../src-server/contract/console.ts';
import { useIsDemo } from '../../api/demo.ts';
import { PlaceContext } from '../../api/place-context.ts';
import { useRemotes } from '../../api/remotes.ts';
import { useStream } from '../../api/stream/use-stream.ts';
import { WorkspaceContext } from '../../api/workspace-context.ts';
import { useCommand, useKeyboard } from '../../keyboard/use-command.ts';
import { routes } from '../../routes.ts';
import { useRemoteOf } from '../../stores/places.ts';
import { useToasts } from '../../stores/toasts.ts';
import { useUi } from '../../stores/ui.ts';
import { Toasts } from '../../ui/toasts.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { DemoTime } from './demo-time.tsx';
import { Palette } from './palette.tsx';
import { ShortcutsOverlay } from './shortcuts-overlay.tsx';
import { SideBar } from './side-bar.tsx';
import { StatusBar } from './status-bar.tsx';
import { TitleBar } from './title-bar.tsx';
import './app-shell.css';

/** Moves the focus into the list on screen, from where its own keys go on. */
const enterTable = () =>
  document
    .querySelector<HTMLElement>('[data-table] :is(.table-row, .lease-tile)[tabindex="0"]')
    ?.focus({ preventScroll: true });

const ShellCommands = ({ workspaceId }: { workspaceId: string }) => {
  const navigate = useNavigate();
  const { setPaletteOpen, setShortcutsOpen } = useUi();
  useKeyboard();
  useCommand('palette', () => setPaletteOpen(true));
  useCommand('shortcuts', () => setShortcutsOpen(true));
  useCommand('go.overview', () => void navigate(routes.overview(workspaceId)));
  useCommand('go.jobs', () => void navigate(routes.jobs(workspaceId)));
  useCommand('go.leases', () => void navigate(routes.leases(workspaceId)));
  useCommand('go.approvals', () => void navigate(routes.approvals(workspaceId)));
  useCommand('go.sources', () => void navigate(routes.sources(workspaceId)));
  useCommand('go.routing', () => void navigate(routes.routing(workspaceId)));
  useCommand('go.budgets', () => void navigate(routes.budgets(workspaceId)));
  useCommand('go.evidence', () => void navigate(routes.evidence(workspaceId)));
  useCommand('go.demo', () => void navigate(routes.demo(workspaceId)));
  useCommand('go.settings', () => void navigate(routes.settings(workspaceId)));
  useCommand('job.submit', () => void navigate(routes.submitJob(workspaceId)));
  useCommand('runner.add', () => void navigate(routes.addRunner(workspaceId)));
  useCommand('list.next', enterTable);
  useCommand('list.previous', enterTable);
  return null;
};

const Live = ({ workspaceId }: { workspaceId: string }) => {
  useStream(workspaceId);
  return null;
};

/**
 * Finds out at which control plane the workspace of the address is before anything is asked of it. Where the host does
 * not answer, or offers no remotes, it is the own one, and the screens say what is wrong.
 */
export const AppShell = () => {
  const { workspaceId = '' } = useParams();
  const { isPending } = useRemotes();
  const remote = useRemoteOf(workspaceId);
  if (isPending) return null;
  return (
    <PlaceContext value={remote?.remote_id ?? null}>
      <WorkspaceFrame key={workspaceId} workspaceId={workspaceId} colour={remote?.colour} />
    </PlaceContext>
  );
};

interface FrameProps {
  workspaceId: string;
  colour: RemoteColour | undefined;
}
/**
 * Frame of every screen of a workspace: title bar, side bar, canvas, status bar. Another address draws only what stands in it:
 * each letter of a filter is one.
 */
const WorkspaceFrame = memo(({ workspaceId, colour }: FrameProps) => {
  const { items, dismiss } = useToasts();
  const isDemo = useIsDemo(workspaceId);
  return (
    <WorkspaceContext value={workspaceId}>
      <div className="app-shell" data-remote={colour} data-demo={isDemo || undefined}>
        <a className="skip-link" href="#main">
          Skip to content
        </a>
        <TitleBar />
        <SideBar />
        <main className="canvas" id="main" tabIndex={-1}>
          <div className="canvas-banner">
            <ConnectionBanner />
          </div>
          <Outlet />
        </main>
        <StatusBar />
      </div>
      <Live workspaceId={workspaceId} />
      {isDemo ? <DemoTime /> : null}
      <ShellCommands workspaceId={workspaceId} />
      <Palette />
      <ShortcutsOverlay />
      <Toasts items={items} onDismiss={dismiss} />
    </WorkspaceContext>
  );
});

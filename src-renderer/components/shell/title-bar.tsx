import { Search } from 'lucide-react';
import { toggleTheme } from '../../stores/theme.ts';
import { useUi } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { KeyCaps } from '../../ui/key-caps.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { VirtualClock } from './demo-time.tsx';
import { Notices } from './notices.tsx';
import { WorkspaceSwitch } from './workspace-switch.tsx';
import './title-bar.css';

/** Workspace, search, notifications and theme; the place to drag the desktop window by. */
export const TitleBar = () => (
  <header className="title-bar">
    <WorkspaceSwitch />
    <button type="button" className="search-button" onClick={() => useUi.getState().setPaletteOpen(true)}>
      <Search size={14} aria-hidden="true" />
      <span className="truncate">Search jobs, sources, WUs, receipts or run a command</span>
      <KeyCaps keys={['Mod', 'k']} />
    </button>
    <div className="title-end">
      <VirtualClock />
      <Notices />
      <Button look="ghost" icon={<StateGlyph shape="half-circle" />} label="Switch theme" onClick={toggleTheme} />
    </div>
  </header>
);

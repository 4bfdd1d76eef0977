import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { useJobs } from '../../api/jobs.ts';
import { useSourceSearch } from '../../api/sources.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { pageCommands } from '../../keyboard/use-command.ts';
import { toggleTheme } from '../../stores/theme.ts';
import { useUi } from '../../stores/ui.ts';
import { KeyCaps } from '../../ui/key-caps.tsx';
import '../../ui/dialog.css';
import '../../ui/popup.css';
import { type PaletteEntry, paletteEntries } from './palette-entries.ts';
import './palette.css';

const PaletteBody = ({ onDone }: { onDone: () => void }) => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const wanted = text.trim();
  const { data: jobs } = useJobs(wanted === '' ? {} : { q: wanted });
  const { data: sources } = useSourceSearch(wanted, wanted !== '');
  const found = wanted === '' ? [] : (jobs?.pages[0]?.items ?? []);
  const places = wanted === '' ? [] : (sources?.items ?? []);
  const [commands] = useState(pageCommands);
  const entries = paletteEntries(ws, text, found, places, commands);
  const run = (entry: PaletteEntry) => {
    onDone();
    if (entry.to === 'theme') toggleTheme();
    else if (typeof entry.to === 'function') entry.to();
    else void navigate(entry.to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((before) => (entries.length === 0 ? 0 : (before + step + entries.length) % entries.length));
    }
    const entry = entries[at];
    if (event.key === 'Enter' && entry !== undefined) {
      event.preventDefault();
      run(entry);
    }
  };
  return (
    <>
      <div className="palette-input">
        <Search size={16} aria-hidden="true" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={entries[at] === undefined ? undefined : `palette-${entries[at].id}`}
          aria-label="Search and commands"
          placeholder="Search jobs, sources, WUs, receipts or run a command"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id="palette-list" className="palette-list" role="listbox" aria-label="Results">
        {entries.map((entry, i) => (
          <div key={entry.id}>
            {entries[i - 1]?.group === entry.group ? null : (
              <div className="popup-label" aria-hidden="true">
                {entry.group}
              </div>
            )}
            <div
              id={`palette-${entry.id}`}
              role="option"
              aria-selected={i === at}
              tabIndex={-1}
              className="popup-item"
              onPointerMove={() => setAt(i)}
              onClick={() => run(entry)}
              onKeyDown={onKeyDown}
            >
              {entry.detail === undefined ? null : <span className="text-2">{entry.detail}</span>}
              <span className="truncate">{entry.label}</span>
              {entry.keys === undefined ? null : (
                <span className="push">
                  <KeyCaps keys={entry.keys} />
                </span>
              )}
            </div>
          </div>
        ))}
      </div>
      {entries.length === 0 ? <p className="palette-none text-2">Nothing of that name.</p> : null}
    </>
  );
};

/** Jumps to screens, jobs and sources, and does the few things that have no screen. */
export const Palette = () => {
  const { isPaletteOpen, setPaletteOpen } = useUi();
  return (
    <Dialog.Root open={isPaletteOpen} onOpenChange={setPaletteOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="dialog palette" aria-label="Search and commands">
          <PaletteBody onDone={() => setPaletteOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
};

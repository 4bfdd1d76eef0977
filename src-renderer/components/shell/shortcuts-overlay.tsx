import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { BINDINGS, type Binding } from '../../keyboard/bindings.ts';
import { useUi } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { KeyCaps } from '../../ui/key-caps.tsx';
import '../../ui/dialog.css';
import './shortcuts-overlay.css';

const GROUPS: readonly Binding['group'][] = ['Anywhere', 'Go to', 'Lists', 'On this screen'];

/** All shortcuts, from the table that also does them. */
export const ShortcutsOverlay = () => {
  const { isShortcutsOpen, setShortcutsOpen } = useUi();
  return (
    <Dialog.Root open={isShortcutsOpen} onOpenChange={setShortcutsOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="dialog shortcuts">
          <div className="row">
            <Dialog.Title className="dialog-title grow">Shortcuts</Dialog.Title>
            <Button look="ghost" icon={<X />} label="Close" onClick={() => setShortcutsOpen(false)} />
          </div>
          <div className="shortcuts-columns">
            {GROUPS.map((group) => (
              <section key={group}>
                <h3>{group}</h3>
                <ul>
                  {BINDINGS.filter((binding) => binding.group === group).map((binding) => (
                    <li key={binding.id}>
                      <span>{binding.label}</span>
                      <KeyCaps keys={binding.keys} />
                      <span className="visually-hidden">{binding.keys.join(' ')}</span>
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </div>
          <p className="text-2 text-xs">Single keys rest while a field has the focus.</p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
};

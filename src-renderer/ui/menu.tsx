import { Menu as BaseMenu } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import './popup.css';

export interface MenuEntry {
  id: string;
  label: ReactNode;
  icon?: ReactNode;
  end?: ReactNode;
  onSelect: () => void;
}

/** A button that opens a short list of actions. */
export const Menu = ({ trigger, entries }: { trigger: ReactElement; entries: readonly MenuEntry[] }) => (
  <BaseMenu.Root>
    <BaseMenu.Trigger render={trigger} />
    <BaseMenu.Portal>
      <BaseMenu.Positioner className="popup-positioner" sideOffset={4} align="start">
        <BaseMenu.Popup className="popup">
          {entries.map((entry) => (
            <BaseMenu.Item key={entry.id} className="popup-item" onClick={entry.onSelect}>
              {entry.icon}
              <span>{entry.label}</span>
              <span className="push text-3 text-xs">{entry.end}</span>
            </BaseMenu.Item>
          ))}
        </BaseMenu.Popup>
      </BaseMenu.Positioner>
    </BaseMenu.Portal>
  </BaseMenu.Root>
);

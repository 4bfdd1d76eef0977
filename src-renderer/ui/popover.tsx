import { Popover as BasePopover } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';
import './popup.css';

interface PopoverProps {
  trigger: ReactElement;
  /** Name of what opens, for those who cannot see it. */
  label: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
}

/** A button that opens a small panel under it; the focus goes in, and back when it closes. */
export const Popover = ({ trigger, label, isOpen, onOpenChange, children }: PopoverProps) => (
  <BasePopover.Root open={isOpen} onOpenChange={onOpenChange}>
    <BasePopover.Trigger render={trigger} />
    <BasePopover.Portal>
      <BasePopover.Positioner className="popup-positioner" sideOffset={4} align="end">
        <BasePopover.Popup className="popup" aria-label={label}>
          {children}
        </BasePopover.Popup>
      </BasePopover.Positioner>
    </BasePopover.Portal>
  </BasePopover.Root>
);

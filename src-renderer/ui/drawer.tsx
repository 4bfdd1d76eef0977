import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';
import './drawer.css';

interface DrawerProps {
  title: ReactNode;
  /** Before the title. */
  icon?: ReactNode;
  /** After the title: one state pill. */
  beside?: ReactNode;
  foot?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

const DrawerBody = ({ head, foot, children }: { head: ReactNode; foot: ReactNode; children: ReactNode }) => (
  <>
    <div className="drawer-head">{head}</div>
    {/* Scrolls by keyboard too, also where it holds no control. */}
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
    <div className="drawer-body" tabIndex={0}>
      {children}
    </div>
    {foot === undefined ? null : <div className="drawer-foot">{foot}</div>}
  </>
);

/** For reading beside the list: no scrim, the list narrows. Takes the focus, gives it back on close, Escape closes. */
export const PeekDrawer = ({ title, icon, beside, foot, onClose, children }: DrawerProps) => {
  const id = useId();
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    frame.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <aside
      ref={frame}
      className="drawer is-peek"
      aria-labelledby={id}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <DrawerBody
        foot={foot}
        head={
          <>
            {icon}
            <h2 id={id} className="truncate">
              {title}
            </h2>
            {beside}
            <Button className="push" look="ghost" icon={<X />} label="Close" onClick={onClose} />
          </>
        }
      >
        {children}
      </DrawerBody>
    </aside>
  );
};

/** For forms: scrim, focus stays inside, Escape closes. */
export const ModalDrawer = ({
  isOpen,
  title,
  icon,
  beside,
  foot,
  onClose,
  children,
}: DrawerProps & { isOpen: boolean }) => (
  <BaseDialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
    <BaseDialog.Portal>
      <BaseDialog.Backdrop className="scrim is-below-title" />
      <BaseDialog.Popup className="drawer is-modal">
        <DrawerBody
          foot={foot}
          head={
            <>
              {icon}
              <BaseDialog.Title>{title}</BaseDialog.Title>
              {beside}
              <Button className="push" look="ghost" icon={<X />} label="Close" onClick={onClose} />
            </>
          }
        >
          {children}
        </DrawerBody>
      </BaseDialog.Popup>
    </BaseDialog.Portal>
  </BaseDialog.Root>
);

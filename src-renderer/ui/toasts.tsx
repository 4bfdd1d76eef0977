import { X } from 'lucide-react';
import { Button } from './button.tsx';
import './toasts.css';

interface ToastsProps {
  items: readonly { id: number; text: string }[];
  onDismiss: (id: number) => void;
}

/** Notes at the foot of the window, spoken politely. */
export const Toasts = ({ items, onDismiss }: ToastsProps) => (
  <div className="toasts" role="status" aria-live="polite">
    {items.map((item) => (
      <div key={item.id} className="toast">
        <span>{item.text}</span>
        <Button look="ghost" size="small" icon={<X />} label="Dismiss" onClick={() => onDismiss(item.id)} />
      </div>
    ))}
  </div>
);

import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { useId } from 'react';
import { KeyCaps } from './key-caps.tsx';
import './button.css';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  /** `primary` at most once per view. */
  look?: 'default' | 'primary' | 'ghost' | 'danger';
  size?: 'small' | 'medium' | 'large';
  icon?: ReactNode;
  /** Name for buttons that show an icon only. */
  label?: string;
  keys?: readonly string[];
  /** A sentence that says why it cannot be used now. It stays focusable and shows the sentence. */
  disabledReason?: string;
  /** The verb while it works, for example "Saving"; the button then ignores further presses. */
  busyLabel?: string;
  isBusy?: boolean;
  isPressed?: boolean;
}

/** Class names of a button, for links that look like one. */
export const buttonClass = (look: ButtonProps['look'] = 'default', size: ButtonProps['size'] = 'medium'): string =>
  `button is-${look} is-${size}`;

/** A button; unusable ones say why instead of only being grey. */
export const Button = ({
  look = 'default',
  size = 'medium',
  icon,
  label,
  keys,
  disabledReason,
  busyLabel,
  isBusy = false,
  isPressed,
  className = '',
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) => {
  const reasonId = useId();
  const isOff = disabledReason !== undefined || isBusy;
  const isIconOnly = children === undefined || children === null;
  return (
    <button
      {...rest}
      type={type}
      className={`${buttonClass(look, size)} ${isIconOnly ? 'is-icon' : ''} ${className}`}
      aria-label={label}
      aria-pressed={isPressed}
      aria-disabled={isOff || undefined}
      aria-describedby={disabledReason === undefined ? rest['aria-describedby'] : reasonId}
      title={disabledReason ?? (isIconOnly ? label : rest.title)}
      onClick={(event) => {
        if (isOff) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {isBusy ? <span className="button-ring" aria-hidden="true" /> : icon}
      {isBusy && busyLabel !== undefined ? busyLabel : children}
      {keys === undefined ? null : <KeyCaps keys={keys} />}
      {disabledReason === undefined ? null : (
        <span id={reasonId} hidden>
          {disabledReason}
        </span>
      )}
    </button>
  );
};

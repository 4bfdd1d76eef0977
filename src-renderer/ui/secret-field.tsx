import { Eye, EyeOff } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { after } from '../stores/clock.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { StateGlyph } from './state-glyph.tsx';
import './secret-field.css';

const REVEAL_MS = 15_000;

interface SecretFieldProps {
  label: string;
  value: string;
  /** First and last characters that may be seen masked. */
  shownStart?: number;
  shownEnd?: number;
  /** Below the value: expiry, fingerprint, use state. */
  facts?: ReactNode;
  onCopied?: () => void;
  /** Hands out the toggle, for a key of the page. */
  isRevealed?: boolean;
  onReveal?: (isRevealed: boolean) => void;
}

/** The value with all but its ends as dots. */
export const maskSecret = (value: string, start = 4, end = 4): string =>
  value.length <= start + end
    ? '•'.repeat(value.length)
    : value.slice(0, start) + '•'.repeat(value.length - start - end) + value.slice(-end);

/** A secret that is shown once: masked, revealed for 15 s, hidden again when the window loses the focus. */
export const SecretField = ({
  label,
  value,
  shownStart = 4,
  shownEnd = 4,
  facts,
  onCopied,
  isRevealed: controlled,
  onReveal,
}: SecretFieldProps) => {
  const [own, setOwn] = useState(false);
  const isRevealed = controlled ?? own;
  const set = useCallback(
    (next: boolean) => {
      setOwn(next);
      onReveal?.(next);
    },
    [onReveal],
  );
  useEffect(() => {
    if (!isRevealed) return;
    const hide = () => set(false);
    const cancel = after(REVEAL_MS, hide);
    window.addEventListener('blur', hide);
    return () => {
      cancel();
      window.removeEventListener('blur', hide);
    };
  }, [isRevealed, set]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame of its own
    <div className="secret-field" role="group" aria-label={label}>
      <div className="secret-main">
        <StateGlyph shape="key" />
        <code className="grow truncate" translate="no">
          {isRevealed ? value : maskSecret(value, shownStart, shownEnd)}
        </code>
        <Button
          icon={isRevealed ? <EyeOff /> : <Eye />}
          keys={['v']}
          isPressed={isRevealed}
          onClick={() => set(!isRevealed)}
        >
          {isRevealed ? 'Hide' : 'Reveal'}
        </Button>
        <CopyButton look="primary" text={value} onCopied={onCopied} />
      </div>
      {facts === undefined ? null : <div className="secret-facts">{facts}</div>}
    </div>
  );
};

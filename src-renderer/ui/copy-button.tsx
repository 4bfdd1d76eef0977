import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { after } from '../stores/clock.ts';
import { Button, type ButtonProps } from './button.tsx';

const DONE_MS = 1_600;

interface CopyButtonProps extends Omit<ButtonProps, 'onClick' | 'icon' | 'children'> {
  /** The text, or a function for one that should be read at the press only. */
  text: string | (() => string);
  children?: string;
  onCopied?: () => void;
}

/** Copies and says "Copied"; says so too when the browser refused. */
export const CopyButton = ({ text, children = 'Copy', onCopied, ...rest }: CopyButtonProps) => {
  const [state, setState] = useState<'idle' | 'done' | 'refused'>('idle');
  useEffect(() => (state === 'idle' ? undefined : after(DONE_MS, () => setState('idle'))), [state]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'function' ? text() : text);
      setState('done');
      onCopied?.();
    } catch {
      setState('refused');
    }
  };
  const words = { idle: children, done: 'Copied', refused: 'Not copied' } as const;
  return (
    <Button {...rest} icon={state === 'done' ? <Check /> : <Copy />} onClick={() => void copy()}>
      <span aria-live="polite">{words[state]}</span>
    </Button>
  );
};

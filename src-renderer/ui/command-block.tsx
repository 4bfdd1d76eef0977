import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import './command-block.css';

interface CommandBlockProps {
  /** 1, 2, 3 in a series; its key copies it where the page binds it. */
  number?: number;
  /** The only bold part: "Connect". */
  verb: string;
  /** What it does, in a few words. */
  effect?: ReactNode;
  command: string;
  onCopied?: () => void;
}

/** A command to paste, with what it does and Copy in its head. */
export const CommandBlock = ({ number, verb, effect, command, onCopied }: CommandBlockProps) => (
  <section className="command-block" aria-label={`Command: ${verb}`}>
    <div className="command-head">
      {number === undefined ? null : <span className="command-number">{number}</span>}
      <b>{verb}</b>
      <span className="text-2 text-xs truncate">{effect}</span>
      <CopyButton
        className="push"
        size="small"
        look="ghost"
        text={command}
        keys={number === undefined ? undefined : [String(number)]}
        onCopied={onCopied}
      />
    </div>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
    <pre tabIndex={0} translate="no">
      {command}
    </pre>
  </section>
);

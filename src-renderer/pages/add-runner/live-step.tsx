import type { ReactNode } from 'react';
import { StateGlyph } from '../../ui/state-glyph.tsx';

interface LiveStepProps {
  state: 'done' | 'live' | 'failed' | 'later';
  title: ReactNode;
  /** At the right end: when, or for how long. */
  end?: ReactNode;
  children?: ReactNode;
}
const WORDS = { done: 'Done', live: 'Under way', failed: 'Failed', later: 'Not yet' } as const;

/** One stage of the live check: done, under way, failed or still to come. */
export const LiveStep = ({ state, title, end, children }: LiveStepProps) => (
  <li className={`live-step is-${state}`} data-tone={state === 'done' ? 'ok' : state === 'failed' ? 'refuse' : 'run'}>
    {state === 'live' ? (
      <span className="live-dot" aria-hidden="true" />
    ) : (
      <StateGlyph
        shape={state === 'done' ? 'tick-circle' : state === 'failed' ? 'cross-shield' : 'dashed-circle'}
        size={20}
        className={state === 'later' ? 'text-3' : 'tone'}
      />
    )}
    <span className={state === 'later' ? 'text-2' : 'semi'}>
      {title}
      <span className="visually-hidden">, {WORDS[state]}</span>
    </span>
    <span className="text-3 text-xs">{end}</span>
    {children === undefined ? null : <div className="live-body">{children}</div>}
  </li>
);

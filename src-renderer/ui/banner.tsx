import type { ReactNode } from 'react';
import { StateGlyph, type StateShape } from './state-glyph.tsx';
import type { Tone } from './tone.ts';
import './banner.css';

interface BannerProps {
  tone: Tone;
  shape: StateShape;
  title: ReactNode;
  children?: ReactNode;
  end?: ReactNode;
  /** The fact and what follows from it in one line, where both are short. */
  isInline?: boolean;
  /** `alert` is spoken at once, `status` when it suits; none for what was there from the start. */
  role?: 'alert' | 'status';
}

/** A fact that the page stands under, with its consequence and the way out. */
export const Banner = ({ tone, shape, title, children, end, role, isInline = false }: BannerProps) => (
  <div className="banner" data-tone={tone} role={role}>
    <StateGlyph shape={shape} className="tone" />
    <div className="grow">
      <b>{title}</b>
      {children === undefined ? null : isInline ? (
        <span className="text-2"> {children}</span>
      ) : (
        <div className="text-2">{children}</div>
      )}
    </div>
    {end === undefined ? null : <div className="row">{end}</div>}
  </div>
);

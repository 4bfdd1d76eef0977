import type { ReactNode } from 'react';
import './glyph.css';

export interface GlyphProps {
  /** Edge in px; 16 by default. */
  size?: number;
  className?: string;
}

/** Frame of the product's own 16 px drawings: strokes in the text colour, `.fill` filled, `.knock` cut out. */
export const Glyph = ({ size = 16, className = '', children }: GlyphProps & { children: ReactNode }) => (
  <svg className={`glyph ${className}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
    {children}
  </svg>
);

import type { ReactNode } from 'react';
import { Glyph, type GlyphProps } from './glyph.tsx';

/** Shapes of the state vocabulary: each state has its own outline, colour only repeats it. */
export type StateShape =
  | 'dashed-circle'
  | 'half-circle'
  | 'turning-ring'
  | 'held-diamond'
  | 'tick-circle'
  | 'cross-square'
  | 'bar-octagon'
  | 'tray'
  | 'slash-circle'
  | 'ring'
  | 'hourglass'
  | 'dot-ring'
  | 'triangle'
  | 'dash-circle'
  | 'cross-shield'
  | 'arrow-to-line'
  | 'key'
  | 'tick-shield'
  | 'split-link'
  | 'tick'
  | 'cross'
  | 'fence';

const CIRCLE = <circle cx="8" cy="8" r="5.75" />;
const SHIELD = <path d="M8 1.5 13.5 3.6v4.1c0 3.2-2.2 5.5-5.5 6.8-3.3-1.3-5.5-3.6-5.5-6.8V3.6z" />;
const TICK = 'm5.6 8.1 1.7 1.7 3.1-3.5';

const SHAPES: Readonly<Record<StateShape, ReactNode>> = {
  'dashed-circle': <circle cx="8" cy="8" r="5.75" strokeDasharray="2.6 2" />,
  'half-circle': (
    <>
      {CIRCLE}
      <path className="fill" d="M8 3.9a4.1 4.1 0 0 1 0 8.2z" />
    </>
  ),
  'turning-ring': (
    <>
      <path className="turn" d="M13.75 8A5.75 5.75 0 1 1 8 2.25" />
      <circle className="fill" cx="8" cy="8" r="2" />
    </>
  ),
  'held-diamond': (
    <>
      <path d="M8 1.6 14.4 8 8 14.4 1.6 8z" />
      <path d="M6.75 6v4M9.25 6v4" />
    </>
  ),
  'tick-circle': (
    <>
      <circle className="fill" cx="8" cy="8" r="6.5" />
      <path className="knock" d="m5.2 8.2 1.9 1.9 3.7-4.1" />
    </>
  ),
  'cross-square': (
    <>
      <rect className="fill" x="2" y="2" width="12" height="12" rx="2.5" />
      <path className="knock" d="m5.75 5.75 4.5 4.5M10.25 5.75l-4.5 4.5" />
    </>
  ),
  'bar-octagon': (
    <>
      <path className="fill" d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z" />
      <path className="knock" d="M5 8h6" />
    </>
  ),
  tray: (
    <>
      <path d="M2 9.5v3.25c0 .7.5 1.25 1.25 1.25h9.5c.7 0 1.25-.5 1.25-1.25V9.5h-3.5l-1 1.75h-3l-1-1.75z" />
      <path d="m6 2.5 4 4M10 2.5l-4 4" />
    </>
  ),
  'slash-circle': (
    <>
      {CIRCLE}
      <path d="m4.1 4.1 7.8 7.8" />
    </>
  ),
  ring: CIRCLE,
  hourglass: <path d="M4 2h8M4 14h8M5 2c0 3.2 6 4.4 6 12M11 2c0 3.2-6 4.4-6 12" />,
  'dot-ring': (
    <>
      {CIRCLE}
      <circle className="fill" cx="8" cy="8" r="2.75" />
    </>
  ),
  triangle: (
    <>
      <path d="M8 2.25 14.5 13.5h-13z" />
      <path d="M8 6.5v3M8 11.5h.01" />
    </>
  ),
  'dash-circle': (
    <>
      {CIRCLE}
      <path d="M5.75 8h4.5" />
    </>
  ),
  'cross-shield': (
    <>
      {SHIELD}
      <path d="m6.2 6.1 3.6 3.6M9.8 6.1 6.2 9.7" />
    </>
  ),
  'arrow-to-line': <path d="M8 2v7.75M4.75 6.75 8 10l3.25-3.25M3 13.5h10" />,
  key: (
    <>
      <circle cx="5" cy="11" r="2.75" />
      <path d="m7 9 6.5-6.5M11 5l2 2M9.25 6.75l1.25 1.25" />
    </>
  ),
  'tick-shield': (
    <>
      {SHIELD}
      <path d={TICK} />
    </>
  ),
  'split-link': (
    <path d="M7.2 4.8 8.6 3.4a2.8 2.8 0 0 1 4 4l-1.4 1.4M8.8 11.2l-1.4 1.4a2.8 2.8 0 0 1-4-4l1.4-1.4M5.5 2.5v1.75M2.5 5.5h1.75M10.5 13.5v-1.75M13.5 10.5h-1.75" />
  ),
  tick: <path d="m3.5 8.5 3 3 6-6.75" />,
  cross: <path d="m4.25 4.25 7.5 7.5M11.75 4.25l-7.5 7.5" />,
  fence: <path d="M3.25 14V4.5L4.75 2.5l1.5 2V14M9.75 14V4.5l1.5-2 1.5 2V14M1.5 7h13M1.5 11h13" />,
};

/** One shape of the vocabulary, for places that write the word themselves. */
export const StateGlyph = ({ shape, ...frame }: GlyphProps & { shape: StateShape }) => (
  <Glyph {...frame}>{SHAPES[shape]}</Glyph>
);

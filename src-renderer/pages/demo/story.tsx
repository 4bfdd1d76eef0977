import { useEffect, useRef } from 'react';
import type { Demo } from '../../../src-server/contract/demo.ts';
import { formatDuration } from '../../format/duration.ts';
import { headlineOf } from './demo-words.ts';
import './story.css';

/** What was told, what was checked at the newest line, and what is still to come. */
export const Story = ({ demo, onSeek }: { demo: Demo; onSeek: (atMs: number) => void }) => {
  const now = useRef<HTMLLIElement>(null);
  const count = demo.story.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is brought into sight
  useEffect(() => {
    now.current?.scrollIntoView({ block: 'nearest' });
  }, [count]);
  return (
    <aside className="demo-story" aria-label="Story">
      <h2>Story</h2>
      <ol>
        {demo.story.map(({ at_ms: atMs, text, notes }, n) => {
          const { headline, rest } = headlineOf(text);
          const isNow = n === count - 1;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are only added, and one may be told twice at a moment
            <li key={n} ref={isNow ? now : undefined} aria-current={isNow ? 'step' : undefined}>
              <button type="button" className="story-time" title="Go to this moment" onClick={() => onSeek(atMs)}>
                {formatDuration(atMs)}
              </button>
              <div>
                <b>{headline}</b>
                {rest === '' ? null : <p>{rest}</p>}
                {isNow || notes.some(({ holds }) => !holds)
                  ? notes.map((note) => (
                      <p key={note.text} data-tone={note.holds ? 'ok' : 'fail'} className="story-note">
                        {note.text}
                      </p>
                    ))
                  : null}
              </div>
            </li>
          );
        })}
        {demo.ahead.map(({ at_ms: atMs, text }) => (
          <li key={`${atMs} ${text}`} className="is-ahead">
            <button type="button" className="story-time" title="Go to this moment" onClick={() => onSeek(atMs)}>
              {formatDuration(atMs)}
            </button>
            <div>
              <b>{headlineOf(text).headline}</b>
            </div>
          </li>
        ))}
      </ol>
    </aside>
  );
};

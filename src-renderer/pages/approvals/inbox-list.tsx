import type { KeyboardEvent } from 'react';
import { formatAgeShort } from '../../format/duration.ts';
import { formatWhen } from '../../format/instant.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { useNow } from '../../stores/clock.ts';
import { Button } from '../../ui/button.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { type InboxItem, instantsOf, lookOf, rowWords } from './inbox.ts';

interface InboxListProps {
  items: readonly InboxItem[];
  selectedId: string | null;
  isWaiting: boolean;
  onSelect: (id: string) => void;
  /** Undefined when all are here. */
  onMore: (() => void) | undefined;
}

/** The questions on the left; J and K walk through them. */
export const InboxList = ({ items, selectedId, isWaiting, onSelect, onMore }: InboxListProps) => {
  const clock = useNow();
  const at = items.findIndex(({ id }) => id === selectedId);
  const step = (by: number) => {
    const next = items[Math.min(items.length - 1, Math.max(0, at + by))];
    if (next !== undefined) onSelect(next.id);
  };
  useCommand('list.next', () => step(1));
  useCommand('list.previous', () => step(-1));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    step(event.key === 'ArrowDown' ? 1 : -1);
  };
  return (
    <nav className="inbox" aria-label={isWaiting ? 'Waiting' : 'Decided'} onKeyDown={onKeyDown}>
      <ul>
        {items.map((item) => {
          const words = rowWords(item);
          const look = lookOf(item);
          const instants = instantsOf(item);
          return (
            <li key={item.id}>
              <button
                type="button"
                aria-current={item.id === selectedId ? 'true' : undefined}
                onClick={() => onSelect(item.id)}
              >
                <span className="inbox-glyph" data-tone={look.tone}>
                  <StateGlyph shape={look.shape} className="tone" />
                  <span className="visually-hidden">{look.label}</span>
                </span>
                <b className="medium truncate" title={words.title}>
                  {words.title}
                </b>
                <span className="inbox-when text-xs">
                  {isWaiting
                    ? formatAgeShort(Math.max(0, clock - instants.askedAt))
                    : formatWhen(instants.decidedAt, clock)}
                </span>
                <span className="inbox-sub text-xs">
                  <span>{words.id}</span>
                  <span className="truncate">{words.about}</span>
                  {isWaiting ? null : <span className="push">{look.label}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {onMore === undefined ? null : (
        <Button look="ghost" onClick={onMore}>
          Show more
        </Button>
      )}
      {isWaiting ? (
        <p className="inbox-hint text-2 text-xs">Held jobs keep no lease and no budget. An edit voids the request.</p>
      ) : null}
    </nav>
  );
};

import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { formatWhen } from '../../format/instant.ts';
import { formatCount, formatHash } from '../../format/number.ts';
import { useNow } from '../../stores/clock.ts';
import { CountChip } from '../../ui/chip.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { CHAIN_LOOKS } from '../../ui/state-vocabulary.ts';
import type { Column } from '../../ui/table.tsx';
import { headType } from '../job/entry-words.ts';
import { detailOf, lookOfType, subjectOf, writerOf } from './entry-row-words.ts';
import { EventIcon } from './event-icon.tsx';

const When = ({ at }: { at: string }) => <>{formatWhen(at, useNow())}</>;

const Shield = ({ isWhole }: { isWhole: boolean | undefined }) => {
  const look = isWhole === false ? CHAIN_LOOKS.broken : CHAIN_LOOKS.verified;
  return (
    <span className="chain-link" data-tone={isWhole === undefined ? 'idle' : look.tone}>
      <StateGlyph shape={isWhole === undefined ? 'ring' : look.shape} size={14} className="tone" />
      <span className="visually-hidden">{isWhole === undefined ? 'Not checked' : look.label}</span>
    </span>
  );
};

const EventCell = ({ entry }: { entry: EvidenceItem }) => {
  const head = headType(entry.types);
  const look = lookOfType(head);
  return (
    <span className="row medium" data-tone={look?.tone} title={entry.types.join(', ')}>
      {look === null ? <EventIcon type={head} /> : <StateGlyph shape={look.shape} size={14} className="tone" />}
      <span className="truncate">{head}</span>
      {entry.types.length > 1 ? <CountChip count={`+${entry.types.length - 1}`} /> : null}
    </span>
  );
};

/** How much room the log has: all of a wide window, less beside a peek or in a narrow one, or both. */
export type LogRoom = 'wide' | 'tight' | 'least';
const LEAVES: Readonly<Record<LogRoom, readonly string[]>> = {
  wide: [],
  tight: ['by', 'hash'],
  least: ['by', 'hash', 'time', 'detail'],
};

/** Columns of the log; those of low priority leave first. */
export const evidenceColumns = (
  room: LogRoom,
  verified: ReadonlyMap<number, boolean>,
): readonly Column<EvidenceItem>[] => {
  const all: Column<EvidenceItem>[] = [
    {
      id: 'verified',
      header: <span className="visually-hidden">Verified</span>,
      width: '16px',
      cell: (entry) => <Shield isWhole={verified.get(entry.seq)} />,
    },
    {
      id: 'seq',
      header: '#',
      width: '64px',
      cell: (entry) => <span className="text-2">{formatCount(entry.seq)}</span>,
    },
    {
      id: 'time',
      header: 'Time',
      width: '96px',
      cell: (entry) => (
        <span className="text-2">
          <When at={entry.at} />
        </span>
      ),
    },
    { id: 'event', header: 'Event', width: '184px', cell: (entry) => <EventCell entry={entry} /> },
    {
      id: 'subject',
      header: 'Subject',
      width: 'minmax(88px, 0.7fr)',
      cell: (entry) => <span title={subjectOf(entry)}>{subjectOf(entry)}</span>,
    },
    {
      id: 'by',
      header: 'By',
      width: '136px',
      cell: (entry) => <span className="text-2">{writerOf(entry)}</span>,
    },
    {
      id: 'detail',
      header: 'Detail',
      width: 'minmax(96px, 1.6fr)',
      cell: (entry) => {
        const detail = detailOf(entry);
        return (
          <span className="text-2" title={detail}>
            {detail === '' ? '–' : detail}
          </span>
        );
      },
    },
    {
      id: 'hash',
      header: 'Hash',
      width: '88px',
      cell: (entry) => <span className="mono text-3">{formatHash(entry.sha256)}</span>,
    },
  ];
  return all.filter((column) => !LEAVES[room].includes(column.id));
};

import type { Source } from '../../../src-server/contract/source.ts';
import { enforcedWords, postureLook } from '../../components/posture-words.ts';
import { SeenAgo } from '../../components/seen-ago.tsx';
import { SlotPips } from '../../components/slot-pips.tsx';
import { LabelChips } from '../../ui/chip.tsx';
import { KIND_LABELS, KindIcon } from '../../ui/kind-icon.tsx';
import { SideMark } from '../../ui/side-mark.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { sourceLook } from '../../ui/state-vocabulary.ts';
import type { Column } from '../../ui/table.tsx';

const nameColumn: Column<Source> = {
  id: 'source',
  header: 'Source',
  width: 'minmax(150px, 1.1fr)',
  cell: (source) => (
    <span className="row source-cell">
      <KindIcon kind={source.kind} />
      <span className="two-lines">
        <span className="medium" title={source.name}>
          {source.name}
        </span>
        <span>{KIND_LABELS[source.kind]}</span>
      </span>
    </span>
  ),
};
const statusColumn: Column<Source> = {
  id: 'status',
  header: 'Status',
  width: '128px',
  cell: (source) => (
    <span className="two-lines">
      <StateBadge look={sourceLook(source)} />
      <span>
        <SeenAgo sourceId={source.source_id} />
      </span>
    </span>
  ),
};
/** Its class; of a pool the one that it serves, or how many. */
const classWords = ({ compute_class: own, pool }: Source) => {
  if (own !== null || pool === null) return own;
  const { compute_classes: classes } = pool;
  return classes.length === 1 ? classes[0] : <span title={classes.join(', ')}>{classes.length} classes</span>;
};

const classColumn: Column<Source> = {
  id: 'class',
  header: 'Class',
  width: '92px',
  cell: (source) => classWords(source) ?? <span className="text-3">–</span>,
};
const sideColumn: Column<Source> = {
  id: 'side',
  header: 'Side',
  width: '76px',
  cell: (source) => <SideMark side={source.side} />,
};
const labelsColumn: Column<Source> = {
  id: 'labels',
  header: 'Labels',
  width: 'minmax(196px, 1.4fr)',
  // One line: a second one would leave no room around the chips.
  cell: (source) => <LabelChips labels={source.labels} shown={2} />,
};
const leasesColumn: Column<Source> = {
  id: 'leases',
  header: 'Leases',
  width: '124px',
  cell: (source) => <SlotPips inUse={source.in_use} capacity={source.capacity} side={source.side} />,
};
const postureColumn: Column<Source> = {
  id: 'posture',
  header: 'Posture',
  width: '180px',
  cell: (source) =>
    source.session === null ? (
      <span className="text-3">–</span>
    ) : (
      <span className="two-lines">
        <StateBadge look={postureLook(source)} />
        <span>
          {source.doctor !== null && source.doctor.passed < source.doctor.total
            ? `Doctor: ${source.doctor.passed} of ${source.doctor.total}`
            : enforcedWords(source.posture)}
        </span>
      </span>
    ),
};
const versionColumn: Column<Source> = {
  id: 'version',
  header: 'Version',
  width: '64px',
  cell: (source) => source.session?.runner_version || <span className="text-3">–</span>,
};

/** Whole names, and two labels of the usual length. */
const TIGHT = [
  nameColumn,
  { ...statusColumn, width: '116px' },
  classColumn,
  { ...labelsColumn, width: 'minmax(168px, 1fr)' },
  leasesColumn,
];

/** How much room the list has: alone in a wide window, beside the peek or in a narrow one, both. */
export type SourceRoom = 'wide' | 'tight' | 'least';

/** Columns of the list; those of low priority leave when the window or the peek takes their room. */
export const sourceColumns = (room: SourceRoom): readonly Column<Source>[] => {
  if (room === 'least') return [nameColumn, statusColumn, leasesColumn];
  if (room === 'tight') return TIGHT;
  return [nameColumn, statusColumn, classColumn, sideColumn, labelsColumn, leasesColumn, postureColumn, versionColumn];
};

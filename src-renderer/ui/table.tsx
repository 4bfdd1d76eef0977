import {
  type KeyboardEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { rowHeightFor, useAppearance } from '../stores/appearance.ts';
import { assignSlots } from './row-slots.ts';
import { useListPosition } from './use-list-position.ts';
import { useRowsInView } from './use-rows-in-view.ts';
import { useSettledRows } from './use-settled-rows.ts';
import './table.css';

export interface Column<T> {
  id: string;
  header: ReactNode;
  /** A track of CSS grid: `208px`, `minmax(120px, 1fr)`. */
  width: string;
  cell: (row: T) => ReactNode;
  align?: 'right';
}
export interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  idOf: (row: T) => string;
  /** 36 by default, 28 compact, 48 for two lines. */
  rowHeight?: number;
  /** Rows in all, where more can be fetched than are here. */
  total?: number;
  selectedId?: string | null;
  onOpen?: (row: T) => void;
  /** Called near the foot, to fetch the next page. */
  onNearEnd?: () => void;
  /** What stands instead of rows: skeleton, empty state or problem. */
  placeholder?: ReactNode;
  /** Keeps rows still whatever the pointer does. */
  isPaused?: boolean;
  /** Names the list: another filter or another answer is another list, whose rows are shown at once. */
  listKey?: string;
  /** Where the list stood when it was left, as a row's index: taken up once so many rows are here. */
  startAt?: number;
  /** Told of the first whole row in view once the list rests; 0 is the top. */
  onRest?: (index: number) => void;
}

/** So far from the foot the next page is asked for: it is there before a hand that scrolls arrives. */
const NEAR_END_ROWS = 40;

const indexOfId = <T,>(rows: readonly T[], idOf: (row: T) => string, id: string): number =>
  rows.findIndex((row) => idOf(row) === id);

/** Moves within the list; undefined for other keys. */
const stepOf = (key: string, at: number, last: number): number | undefined => {
  if (key === 'j' || key === 'ArrowDown') return Math.min(last, at + 1);
  if (key === 'k' || key === 'ArrowUp') return Math.max(0, at - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  return undefined;
};

interface TableRowProps<T> {
  row: T;
  id: string;
  columns: readonly Column<T>[];
  tracks: string;
  index: number;
  topPx: number;
  height: number;
  isSelected: boolean | undefined;
  isActive: boolean;
  onFocusRow: (id: string) => void;
  onOpenRow: (row: T) => void;
}

const PlainCells = <T,>({ row, columns }: Pick<TableRowProps<T>, 'row' | 'columns'>) => (
  <>
    {columns.map((column) => (
      <td key={column.id} className={column.align === 'right' ? 'is-right' : undefined}>
        {column.cell(row)}
      </td>
    ))}
  </>
);
const RowCells = memo(PlainCells) as typeof PlainCells;

const PlainRow = <T,>({ row, id, columns, tracks, index, topPx, height, ...rest }: TableRowProps<T>) => (
  <tr
    data-index={index}
    aria-rowindex={index + 2}
    aria-selected={rest.isSelected}
    tabIndex={rest.isActive ? 0 : -1}
    className="table-row"
    style={{ gridTemplateColumns: tracks, height, top: topPx }}
    onFocus={() => rest.onFocusRow(id)}
    onClick={() => rest.onOpenRow(row)}
  >
    <RowCells row={row} columns={columns} />
  </tr>
);
/** While the list scrolls, only rows that come into view are drawn; a row that moves keeps its cells. */
const TableRow = memo(PlainRow) as typeof PlainRow;

/**
 * A virtualised grid with a sticky head. J, K and arrows move, Enter opens, the opened row carries a bar. Rows do not
 * move under the pointer: new ones wait behind a button that says how many.
 */
export const Table = <T,>(props: TableProps<T>) => {
  const density = useAppearance((state) => state.density);
  const rowHeight = rowHeightFor(props.rowHeight ?? 36, density);
  const { label, columns, rows: given, idOf, selectedId, onOpen, onNearEnd, placeholder } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const { rows, waiting, catchUp, hold } = useSettledRows(given, idOf, props.isPaused, props.listKey);
  const [focusId, setFocusId] = useState<string | null>(null);
  const { from, to, reveal } = useRowsInView(scroll, rows.length, rowHeight, props.listKey);
  const isArriving = useListPosition(scroll, rows.length, rowHeight, props);
  useEffect(() => {
    if (rows.length > 0 && (isArriving || to >= rows.length - NEAR_END_ROWS)) onNearEnd?.();
  }, [to, isArriving, rows.length, onNearEnd]);

  const activeId = focusId ?? selectedId ?? null;
  const activeIndex = useMemo(
    () => (activeId === null ? 0 : Math.max(0, indexOfId(rows, idOf, activeId))),
    [rows, idOf, activeId],
  );
  const shown = rows.slice(from, to);
  const taken = useRef<ReadonlyMap<string, number>>(new Map());
  const slots = assignSlots(taken.current, shown.map(idOf), activeId);
  useLayoutEffect(() => {
    taken.current = slots;
  });
  const opener = useRef(onOpen);
  opener.current = onOpen;
  const onOpenRow = useCallback((row: T) => opener.current?.(row), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const row = rows[activeIndex];
    if (event.key === 'Enter' && row !== undefined && event.target === event.currentTarget.querySelector(':focus')) {
      onOpen?.(row);
      return;
    }
    const next = stepOf(event.key, activeIndex, rows.length - 1);
    const nextRow = next === undefined ? undefined : rows[next];
    if (next === undefined || nextRow === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setFocusId(idOf(nextRow));
    reveal(next);
    requestAnimationFrame(() => {
      scroll.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true });
    });
  };
  const tracks = columns.map((column) => column.width).join(' ');
  return (
    <div className="table-frame">
      {waiting > 0 ? (
        <button type="button" className="table-waiting" onClick={catchUp}>
          {waiting} new
        </button>
      ) : null}
      <div ref={scroll} className="table-scroll" {...hold}>
        <table
          className="table"
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA gives grid to tables whose rows take keys
          role="grid"
          aria-label={label}
          aria-rowcount={(props.total ?? rows.length) + 1}
          aria-colcount={columns.length}
          onKeyDown={onKeyDown}
          data-table=""
        >
          <thead className="table-head">
            <tr aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
              {columns.map((column) => (
                <th key={column.id} scope="col" className={column.align === 'right' ? 'is-right' : undefined}>
                  {column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="table-body" style={{ height: rows.length * rowHeight }}>
            {shown.map((row, at) => {
              const id = idOf(row);
              return (
                <TableRow
                  key={slots.get(id)}
                  row={row}
                  id={id}
                  columns={columns}
                  tracks={tracks}
                  index={from + at}
                  topPx={(from + at) * rowHeight}
                  height={rowHeight}
                  isSelected={selectedId === undefined ? undefined : id === selectedId}
                  isActive={from + at === activeIndex}
                  onFocusRow={setFocusId}
                  onOpenRow={onOpenRow}
                />
              );
            })}
          </tbody>
        </table>
        {rows.length === 0 ? placeholder : null}
      </div>
    </div>
  );
};

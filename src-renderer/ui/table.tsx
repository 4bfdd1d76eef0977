import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { rowHeightFor, useAppearance } from '../stores/appearance.ts';
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
}

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

const PlainRow = <T,>({ row, id, columns, tracks, index, topPx, height, ...rest }: TableRowProps<T>) => (
  <tr
    data-index={index}
    aria-rowindex={index + 2}
    aria-selected={rest.isSelected}
    tabIndex={rest.isActive ? 0 : -1}
    className="table-row"
    style={{ gridTemplateColumns: tracks, height, transform: `translateY(${topPx}px)` }}
    onFocus={() => rest.onFocusRow(id)}
    onClick={() => rest.onOpenRow(row)}
  >
    {columns.map((column) => (
      <td key={column.id} className={column.align === 'right' ? 'is-right' : undefined}>
        {column.cell(row)}
      </td>
    ))}
  </tr>
);
/** While the list scrolls, only rows that come into view are drawn. */
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
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : idOf(row);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are measured anew when the density changes
  useEffect(() => virtual.measure(), [rowHeight]);
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastShown >= rows.length - 20) onNearEnd?.();
  }, [lastShown, rows.length, onNearEnd]);

  const activeId = focusId ?? selectedId ?? null;
  const indexOf = useMemo(() => new Map(rows.map((row, index) => [idOf(row), index])), [rows, idOf]);
  const activeIndex = activeId === null ? 0 : (indexOf.get(activeId) ?? 0);
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
    virtual.scrollToIndex(next);
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
          <tbody className="table-body" style={{ height: rows.length === 0 ? 0 : virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              const id = idOf(row);
              return (
                <TableRow
                  key={item.key}
                  row={row}
                  id={id}
                  columns={columns}
                  tracks={tracks}
                  index={item.index}
                  topPx={item.start}
                  height={rowHeight}
                  isSelected={selectedId === undefined ? undefined : id === selectedId}
                  isActive={item.index === activeIndex}
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

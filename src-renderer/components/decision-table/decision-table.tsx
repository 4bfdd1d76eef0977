import { ArrowRight, ChevronDown, ChevronRight, Layers } from 'lucide-react';
import { Fragment, useState } from 'react';
import { formatCount } from '../../format/number.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { DECISION_COLUMNS, type DecisionColumn } from './decision-columns.ts';
import type { DecisionCell, DecisionRow } from './decision-rows.ts';
import './decision-table.css';

interface DecisionTableProps {
  rows: readonly DecisionRow[];
  /** Below the column's name: what the rule asks for. */
  asks: Partial<Readonly<Record<DecisionColumn, string>>>;
  /** Sources that were judged but are in no row. */
  unlisted?: number;
}

/** Results of filtered ones that stand with the eligible: only time or a slot is in the way. */
const SET_RESULTS: readonly string[] = ['Fallback not yet', 'Closest'];

const Cell = ({ cell }: { cell: DecisionCell }) => (
  <span
    className={cell.isPass ? 'decision-cell is-pass' : 'decision-cell is-fail'}
    data-tone={cell.isPass ? 'ok' : 'fail'}
  >
    <StateGlyph shape={cell.isPass ? 'tick' : 'cross'} size={12} className="tone" />
    <span className="visually-hidden">{cell.isPass ? 'pass' : 'fail'}</span>
    <span className="truncate decision-value" title={cell.whole ?? cell.text}>
      {cell.text}
    </span>
  </span>
);

const Name = ({ row, isOpen, onToggle }: { row: DecisionRow; isOpen: boolean; onToggle: () => void }) => {
  if (row.count === 1) {
    return (
      <span className="decision-name">
        {row.kind === null ? <Layers size={14} aria-hidden="true" /> : <KindIcon kind={row.kind} size={14} />}
        <span className="truncate" title={row.label}>
          {row.label}
        </span>
      </span>
    );
  }
  return (
    <button type="button" className="decision-name" aria-expanded={isOpen} onClick={onToggle}>
      {isOpen ? <ChevronDown size={14} aria-hidden="true" /> : <ChevronRight size={14} aria-hidden="true" />}
      <span className="truncate">{row.label}</span>
    </button>
  );
};

const Members = ({ row }: { row: DecisionRow }) => (
  <tr className="decision-members">
    <td colSpan={DECISION_COLUMNS.length + 2}>
      {row.members.map(({ id, name, kind }) => (
        <span key={id} className="decision-member">
          {kind === null ? null : <KindIcon kind={kind} size={12} />}
          {name}
        </span>
      ))}
      {row.count > row.members.length ? (
        <span className="text-3">and {formatCount(row.count - row.members.length)} that the record counts only</span>
      ) : null}
    </td>
  </tr>
);

/** Candidates by rules: a quiet tick, or a cross with the value that failed. A stronger line parts the eligible ones. */
export const DecisionTable = ({ rows, asks, unlisted = 0 }: DecisionTableProps) => {
  const [openId, setOpenId] = useState<string | null>(null);
  const isSet = (row: DecisionRow) => row.verdict !== 'filtered' || SET_RESULTS.includes(row.result);
  const cut = rows.findIndex((row) => !isSet(row));
  // A narrow page drops these columns first, but never one with a cross in it: that is the answer.
  const isLow = (column: (typeof DECISION_COLUMNS)[number]) =>
    column.isLowPriority && rows.every((row) => row.cells[column.id].isPass);
  return (
    <section className="panel decision" aria-label="Decision table">
      <table className="decision-table">
        <thead>
          <tr>
            <th scope="col">Candidate</th>
            {DECISION_COLUMNS.map((column) => (
              <th key={column.id} scope="col" className={isLow(column) ? 'is-low' : undefined} data-column={column.id}>
                {column.title}
                <small className="truncate">{asks[column.id] ?? '\u00a0'}</small>
              </th>
            ))}
            <th scope="col" data-column="result">
              Result
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <Fragment key={row.id}>
              <tr
                className={[
                  row.verdict === 'chosen' ? 'is-chosen' : isSet(row) ? 'is-eligible' : 'is-filtered',
                  i === cut && i > 0 ? 'is-cut' : '',
                ].join(' ')}
              >
                <td>
                  <Name
                    row={row}
                    isOpen={openId === row.id}
                    onToggle={() => setOpenId(openId === row.id ? null : row.id)}
                  />
                </td>
                {DECISION_COLUMNS.map((column) => (
                  <td key={column.id} className={isLow(column) ? 'is-low' : undefined}>
                    <Cell cell={row.cells[column.id]} />
                  </td>
                ))}
                <td className="decision-result">
                  {row.verdict === 'chosen' ? <ArrowRight size={14} aria-hidden="true" /> : null}
                  {row.result}
                </td>
              </tr>
              {openId === row.id ? <Members row={row} /> : null}
            </Fragment>
          ))}
        </tbody>
      </table>
      {unlisted > 0 ? <p className="panel-foot">{formatCount(unlisted)} more were judged and are not listed.</p> : null}
      {rows.length === 0 ? <p className="decision-none text-2">No source was there to be judged.</p> : null}
    </section>
  );
};

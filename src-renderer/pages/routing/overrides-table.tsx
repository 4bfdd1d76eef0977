import { ArrowUp, Pencil, Plus, Undo2, X } from 'lucide-react';
import type { PolicyOverride } from '../../../src-server/contract/policy.ts';
import type { WhatIfAnswer } from '../../../src-server/contract/what-if.ts';
import { formatSpan } from '../../format/duration.ts';
import { formatCount, formatPlural } from '../../format/number.ts';
import type { PolicyFields } from '../../stores/policy-drafts.ts';
import { Button } from '../../ui/button.tsx';
import { LabelChips } from '../../ui/chip.tsx';
import { isSame, type OverrideRow, overrideRows, raised, restored, withoutOverride } from './policy-draft.ts';

/** An override in few words: its mode, and its own fallback where it has one. */
const ruleWords = (override: PolicyOverride): string =>
  [
    override.mode,
    override.fallback === undefined
      ? undefined
      : `${override.fallback.mode} after ${formatSpan(override.fallback.after_ms)}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
const nameOf = ({ computeClass, labels }: OverrideRow): string =>
  [computeClass ?? 'every class', ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)].join(' ');

const Rule = ({ row, follows }: { row: OverrideRow; follows: string }) => {
  const isChanged = !isSame(row.was, row.now);
  return (
    <>
      {isChanged ? <s className="was mono">{row.was === null ? follows : ruleWords(row.was)}</s> : null}
      {row.now === null ? (
        <span className="text-2">Follows {follows}</span>
      ) : (
        <span className="mono">{ruleWords(row.now)}</span>
      )}
    </>
  );
};

interface OverridesTableProps {
  base: PolicyFields;
  fields: PolicyFields;
  /** Jobs of the simulated stretch by class; undefined until it was simulated. */
  byClass: WhatIfAnswer['by_class'] | undefined;
  onEdit: (key: string | null) => void;
  onChange: (overrides: PolicyOverride[]) => void;
}

/** Other rules for some jobs, in the order in which they are judged, and the classes that have none. */
export const OverridesTable = ({ base, fields, byClass, onEdit, onChange }: OverridesTableProps) => {
  const rows = overrideRows(base.overrides, fields.overrides);
  const jobsOf = (row: OverrideRow) =>
    byClass === undefined || row.computeClass === null || Object.keys(row.labels).length > 0
      ? '–'
      : formatPlural(byClass.find((each) => each.compute_class === row.computeClass)?.count ?? 0, 'decision');
  return (
    <div className="panel">
      <table className="overrides">
        <thead>
          <tr>
            <th scope="col">Class or labels</th>
            <th scope="col">Mode</th>
            <th scope="col" className="hide-narrow">
              Simulated
            </th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const name = nameOf(row);
            const isChanged = !isSame(row.was, row.now);
            return (
              <tr key={row.key} className={isChanged ? 'is-changed' : undefined}>
                <th scope="row">
                  <span className="row">
                    {row.computeClass ?? 'Every class'}
                    {Object.keys(row.labels).length === 0 ? null : <LabelChips labels={row.labels} shown={2} />}
                  </span>
                </th>
                <td>
                  <Rule row={row} follows={fields.mode} />
                </td>
                <td className="text-2 hide-narrow">{jobsOf(row)}</td>
                <td>
                  <span className="overrides-actions">
                    {row.at > 0 ? (
                      <Button
                        look="ghost"
                        size="small"
                        icon={<ArrowUp />}
                        label={`Judge ${name} earlier`}
                        onClick={() => onChange(raised(fields.overrides, row.at))}
                      />
                    ) : null}
                    {isChanged ? (
                      <Button
                        look="ghost"
                        size="small"
                        icon={<Undo2 />}
                        label={`Undo the override of ${name}`}
                        onClick={() => onChange(restored(fields.overrides, row))}
                      />
                    ) : row.now === null ? null : (
                      <Button
                        look="ghost"
                        size="small"
                        icon={<X />}
                        label={`Take the override of ${name} away`}
                        onClick={() => onChange(withoutOverride(fields.overrides, row.key))}
                      />
                    )}
                    <Button
                      look="ghost"
                      size="small"
                      icon={<Pencil />}
                      label={`Override ${name}`}
                      onClick={() => onEdit(row.key)}
                    />
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <div className="panel-foot row">
        <span>
          {fields.overrides.length > 1
            ? `${formatCount(fields.overrides.length)} overrides, judged from the top.`
            : 'The first that matches is the whole rule of a job.'}
        </span>
        <Button className="push" size="small" icon={<Plus />} onClick={() => onEdit(null)}>
          Label rule
        </Button>
      </div>
    </div>
  );
};

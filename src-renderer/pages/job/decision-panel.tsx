import { useMemo } from 'react';
import type { DecisionRecord, Explain } from '../../../src-server/contract/decision.ts';
import type { Job } from '../../../src-server/contract/job.ts';
import { useCandidateNames } from '../../components/decision-table/candidate-names.ts';
import { explainRows, recordRows } from '../../components/decision-table/decision-rows.ts';
import { DecisionTable } from '../../components/decision-table/decision-table.tsx';
import { formatCu } from '../../format/number.ts';

interface DecisionPanelProps {
  job: Job;
  /** The decision run again now, while nothing is decided. */
  explain: Explain | null;
  record: DecisionRecord | null;
  /** The policy's mode, where it is the one that decided. */
  mode: string | null;
}

const NO_IDS: readonly string[] = [];
/** The chosen one before all others. */
export const idsOf = (record: DecisionRecord | null): readonly string[] =>
  record === null
    ? NO_IDS
    : [record.source_id, ...record.candidates.flatMap((group) => group.source_ids)].filter((id) => id !== null);

/** Candidates by rules: as it stands now for a waiting job, as it was recorded for a placed one. */
export const DecisionPanel = ({ job, explain, record, mode }: DecisionPanelProps) => {
  const nameOf = useCandidateNames(explain === null ? idsOf(record) : NO_IDS);
  const rows = useMemo(() => {
    if (explain !== null) return explainRows(explain, true);
    return record === null ? null : recordRows(record.candidates, nameOf);
  }, [explain, record, nameOf]);
  // Where a person decided, no source was judged: an empty table would say that there was none.
  if (rows === null || (rows.length === 0 && explain === null)) return null;
  const needed = explain?.budget.needed_mcu ?? record?.budget?.needed_mcu ?? null;
  const labelKeys = Object.keys(job.labels);
  return (
    <DecisionTable
      rows={rows}
      unlisted={explain === null ? 0 : explain.total - explain.candidates.length}
      asks={{
        source: '30 s',
        side: mode ?? '',
        class: job.compute_class,
        labels: labelKeys.length === 0 ? 'none' : labelKeys.join(', '),
        confined: job.spec.confinement,
        network: job.network,
        slots: '1 free',
        budget: needed === null ? '' : formatCu(needed),
      }}
    />
  );
};

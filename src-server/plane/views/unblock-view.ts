import type { AdviceChange, UnblockSuggestion } from '../../contract/decision.ts';
import type { Right } from '../../contract/terms.ts';
import { advise, type Suggestion } from '../../domain/advice/advise.ts';
import { NEW_SOURCE_ID } from '../../domain/advice/apply-change.ts';
import { changeSentence, thenSentence } from '../../domain/advice/words.ts';
import type { AdviceCase } from '../../domain/advice/world.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import { adviceCase } from '../advice/advice-case.ts';
import type { Engine } from '../engine.ts';

/** Who may make which change: the right of the command behind it. */
export const RIGHT_OF_CHANGE: Readonly<Record<AdviceChange, Right>> = {
  'approval.approve': 'approve',
  'job.retry': 'operate',
  'workspace.resume': 'operate',
  'source.resume': 'operate',
  'source.start': 'operate',
  'label.add': 'operate',
  'network.admit': 'approve',
  'capacity.raise': 'operate',
  'budget.raise': 'admin',
  'policy.publish': 'admin',
  'source.enroll': 'operate',
};

/** A suggestion as data and as it is shown. */
export interface Advised {
  suggestion: Suggestion;
  shown: UnblockSuggestion;
}

/** Single changes that would place the job, each verified now. */
export function adviceFor(engine: Engine, row: JobRow): Advised[] {
  const advised = adviceCase(engine, row);
  return advised === null ? [] : advise(advised).map((suggestion) => shownOf(engine, advised, suggestion));
}

/** As `explain` carries them. */
export const unblockView = (engine: Engine, row: JobRow): UnblockSuggestion[] =>
  adviceFor(engine, row).map(({ shown }) => shown);

function shownOf(engine: Engine, { job }: AdviceCase, suggestion: Suggestion): Advised {
  const { change, placement, leftAfterMcu, alsoMoves, alsoMovesCount } = suggestion;
  const isNew = placement.sourceId === NEW_SOURCE_ID;
  const nameOf = (id: string): string => engine.hot.fleet.source(id).name;
  const name = isNew ? 'the new source' : nameOf(placement.sourceId);
  return {
    suggestion,
    shown: {
      change: change.kind,
      target: change.kind === 'budget.raise' ? `${change.target}|${change.window}` : change.target,
      sentence: changeSentence(change, job, nameOf),
      would_assign_to: { source_id: isNew ? null : placement.sourceId, name, side: placement.side },
      ...(change.kind === 'network.admit' ? { hosts: [...change.hosts] } : {}),
      ...(change.kind === 'source.enroll'
        ? {
            enroll: {
              side: change.side,
              labels: change.labels,
              capacity: change.capacity,
              executors: [...change.executors],
              confined: change.isConfined,
            },
          }
        : {}),
      can_apply: change.kind !== 'source.enroll' && change.kind !== 'source.start',
      right: RIGHT_OF_CHANGE[change.kind],
      preview: {
        holds: placement.verdict.neededMcu,
        left_after: leftAfterMcu,
        also_moves: alsoMoves.map((m) => ({ job_id: m.jobId, wu_id: m.wuId, title: m.title })),
        also_moves_count: alsoMovesCount,
        sentence: thenSentence(placement, job, name),
      },
    },
  };
}

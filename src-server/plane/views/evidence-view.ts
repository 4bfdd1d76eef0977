import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { EvidenceItem, evidenceQuery } from '../../contract/workspace.ts';
import { jobById } from '../../state/queries/jobs.ts';
import type { Engine } from '../engine.ts';
import { historyOf } from './history.ts';
import { cursorOf, keyOfCursor } from './page.ts';

/** One entry with its exact bytes. */
export function evidenceItemView(engine: Engine, seq: number): EvidenceItem {
  const line = engine.line(seq);
  const entry = engine.entry(seq);
  return {
    seq,
    at: entry.at,
    types: entry.events.map((e) => e.type),
    ref: entry.ref,
    actor: entry.actor,
    sha256: createHash('sha256').update(line).digest('hex'),
    line: line.toString('utf8'),
    about: aboutOf(engine, entry),
  };
}

function aboutOf(
  { state, hot }: Engine,
  { ref: { job, source }, actor }: Pick<EvidenceItem, 'ref' | 'actor'>,
): EvidenceItem['about'] {
  const writer = actor.kind === 'runner' ? hot.fleet.sessions.get(actor.id)?.sourceId : undefined;
  return {
    wu_id: typeof job === 'string' ? (jobById(state.db, job)?.wuId ?? null) : null,
    source_name: typeof source === 'string' ? (hot.fleet.sources.get(source)?.name ?? null) : null,
    writer_name: writer === undefined ? null : (hot.fleet.sources.get(writer)?.name ?? null),
  };
}

/** Entries by sequence, ascending; those of one job when it is named. */
export function evidenceListView(
  engine: Engine,
  query: z.output<typeof evidenceQuery>,
): { items: EvidenceItem[]; next_cursor: string | null } {
  const from = keyOfCursor(query.cursor) ?? query.from ?? 0;
  const seqs =
    query.job_id === undefined
      ? Array.from({ length: Math.max(0, Math.min(query.limit + 1, engine.nextSeq - from)) }, (_, i) => from + i)
      : historyOf(engine, engine.job(query.job_id))
          .map((e) => e.seq)
          .filter((seq) => seq >= from);
  const shown = seqs.slice(0, query.limit);
  return {
    items: shown.map((seq) => evidenceItemView(engine, seq)),
    next_cursor: seqs.length > shown.length ? cursorOf(seqs[shown.length] as number) : null,
  };
}

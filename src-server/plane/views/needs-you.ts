import { groupDigits } from '../../contract/number-words.ts';
import type { Overview } from '../../contract/workspace.ts';
import { countPendingApprovals, oldestPendingApproval } from '../../state/queries/approvals.ts';
import type { Engine } from '../engine.ts';
import type { HotSource } from '../hot/source.ts';

type Need = Overview['needs_you'][number];
/** Rows that one screen holds. */
const NEEDS_MAX = 8;
/** Work units that one row names. */
const NAMED_MAX = 3;

const need = (kind: Need['kind'], title: string, detail: string, sourceId: string | null = null): Need => ({
  kind,
  title,
  detail,
  job_id: null,
  source_id: sourceId,
});

/** What waits for a person, the questions first. */
export function needsYou(engine: Engine, questions: Overview['questions']): Overview['needs_you'] {
  const { hot, state } = engine;
  const { approvals, admissions } = questions;
  const items: Need[] = [];
  if (state.head.config.paused)
    items.push(need('paused', 'Grants are paused', 'Running work goes on, nothing new is granted'));
  if (approvals > 0)
    items.push(
      need(
        'approval',
        `${groupDigits(approvals)} ${approvals === 1 ? 'approval' : 'approvals'} waiting`,
        approvalWords(engine),
      ),
    );
  if (admissions > 0)
    items.push(
      need(
        'approval',
        `${groupDigits(admissions)} ${admissions === 1 ? 'admission' : 'admissions'} waiting`,
        'Each names the hosts it opens',
      ),
    );
  for (const source of hot.fleet.sources.values()) {
    if (items.length >= NEEDS_MAX) break;
    const { sourceId, name } = source;
    if (source.state === 'quarantined' && source.revoked === null)
      items.push(need('source', `${name} is quarantined`, source.stateReason ?? 'It gets no jobs', sourceId));
    else if (source.state === 'late' && source.activeLeases.size > 0)
      items.push(need('lease', `${name} is late`, `May lose ${heldWords(engine, source)}`, sourceId));
  }
  const dead = hot.jobCounts.get('dead_letter') ?? 0;
  if (dead > 0)
    items.push(need('dead_letter', `${groupDigits(dead)} in the dead letter`, 'Attempts used up, a person decides'));
  return items;
}

/** Which question is the oldest, and where all are of one kind, what they ask. */
function approvalWords({ state }: Engine): string {
  const oldest = oldestPendingApproval(state.db);
  const first = oldest?.wuId == null ? '' : `Oldest: ${oldest.wuId}, ${oldest.title}`;
  const areFallbacks = countPendingApprovals(state.db, 'fallback') === countPendingApprovals(state.db);
  if (areFallbacks) return `May the other side take them? ${first}`.trim();
  return first === '' ? 'Each shows what follows from a yes' : first;
}

/** The work units behind a source's leases: the first few by name, the rest counted. */
function heldWords(engine: Engine, source: HotSource): string {
  const names = [...source.activeLeases].flatMap((id) => {
    const lease = engine.hot.lease(id);
    return lease === undefined ? [] : [engine.submitted(lease.jobSeq).spec.wu_id];
  });
  const rest = names.length - NAMED_MAX;
  return `${names.slice(0, NAMED_MAX).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

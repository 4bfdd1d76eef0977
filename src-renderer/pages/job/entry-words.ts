import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { formatCu, formatHash } from '../../format/number.ts';

export interface EntryEvent {
  type: string;
  body: Readonly<Record<string, unknown>>;
}
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The events of an entry, read from its exact bytes; none where the line has another form. */
export const eventsOf = (entry: Pick<EvidenceItem, 'line'>): EntryEvent[] => {
  try {
    const line: unknown = JSON.parse(entry.line);
    if (!isRecord(line) || !Array.isArray(line.events)) return [];
    return line.events.filter(isRecord).map((event) => ({
      type: typeof event.type === 'string' ? event.type : '',
      body: isRecord(event.body) ? event.body : {},
    }));
  } catch {
    return [];
  }
};

/** Which event names an entry that holds several: what happened to the work before what was booked with it. */
const HEAD_ORDER = [
  'completion.',
  'lease.',
  'attempt.',
  'job.submitted',
  'approval.',
  'job.settled',
  'job.',
  'budget.refused',
  'policy.',
  'budget.',
];
const rank = (type: string) => {
  const found = HEAD_ORDER.findIndex((start) => type.startsWith(start));
  return found === -1 ? HEAD_ORDER.length : found;
};

/** The event that names the entry. */
export const headType = (types: readonly string[]): string =>
  [...types].sort((a, b) => rank(a) - rank(b))[0] ?? 'entry';

export interface EntryNames {
  /** Fencing token of a lease. */
  fenceOf: (leaseId: string) => number | null;
  sourceOf: (leaseId: string) => string | null;
}
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** What the entry is about, in a few words: "7742, dock-rack2, 18 CU held". */
export const entrySubject = (entry: EvidenceItem, names: EntryNames): string => {
  const head = headType(entry.types);
  const events = eventsOf(entry);
  const body = events.find((event) => event.type === head)?.body ?? {};
  const leaseId = text(body.lease_id);
  if (head === 'completion.rejected') return `token ${String(body.fence)}, current ${String(body.current_fence)}`;
  if (head === 'job.submitted')
    return `${entry.actor.id}, digest ${formatHash((text(body.digest) ?? '').replace('sha256:', ''))}`;
  if (leaseId !== null) {
    const fence = body.fence ?? names.fenceOf(leaseId);
    const held = events.find((event) => event.type === 'budget.held')?.body.mcu;
    return [
      fence === null ? null : String(fence),
      names.sourceOf(leaseId),
      typeof held === 'number' ? `${formatCu(held)} held` : null,
      text(body.outcome)?.replace('_', ' ') ?? null,
    ]
      .filter((part) => part !== null)
      .join(', ');
  }
  return text(body.sentence) ?? text(body.reason) ?? text(body.state) ?? entry.actor.id;
};

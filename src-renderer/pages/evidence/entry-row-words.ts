import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { formatCount, formatHash } from '../../format/number.ts';
import { JOB_LOOKS, LEASE_LOOKS, SOURCE_LOOKS, type StateLook } from '../../ui/state-vocabulary.ts';
import { type EntryNames, entrySubject, eventsOf, headType } from '../job/entry-words.ts';

const short = (id: string): string => `${id.slice(0, 4)}…${id.slice(-4)}`;
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** What the entry is about: a work unit, a source, or the workspace itself. */
export const subjectOf = ({ ref, about }: Pick<EvidenceItem, 'ref' | 'about'>): string => {
  const { job, source } = ref;
  if (typeof job === 'string') return about.wu_id ?? short(job);
  if (typeof source === 'string') return about.source_name ?? short(source);
  return 'workspace';
};

/** Who wrote it: the plane, an operator by name, a runner by its source. */
export const writerOf = ({ actor: { kind, id }, about }: Pick<EvidenceItem, 'actor' | 'about'>): string =>
  (kind === 'runner' ? (about.writer_name ?? about.source_name) : null) ??
  (kind === 'runner' || id.length > 24 ? short(id) : id);

/** Colour and shape of the events that end something; others stay plain. */
export const lookOfType = (type: string): StateLook | null => {
  const looks: Readonly<Record<string, StateLook>> = {
    'lease.expired': LEASE_LOOKS.expired,
    'lease.revoked': LEASE_LOOKS.revoked,
    'completion.rejected': JOB_LOOKS.refused,
    'budget.refused': JOB_LOOKS.refused,
    'job.refused': JOB_LOOKS.refused,
    'source.late': SOURCE_LOOKS.late,
    'source.offline': SOURCE_LOOKS.offline,
    'source.online': SOURCE_LOOKS.online,
    'source.quarantined': SOURCE_LOOKS.quarantined,
    'job.dead_lettered': JOB_LOOKS.dead_letter,
  };
  return looks[type] ?? null;
};

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const NO_NAMES: EntryNames = { fenceOf: () => null, sourceOf: () => null };

/** The fact of the entry in a few words. */
export const detailOf = (entry: EvidenceItem): string => {
  const head = headType(entry.types);
  const body = eventsOf(entry).find((event) => event.type === head)?.body ?? {};
  const { fence, attempt } = entry.ref;
  if (head === 'lease.granted') return `Token ${fence}, attempt ${attempt}`;
  if (head === 'lease.expired' || head === 'lease.revoked') return `Token ${fence ?? body.fence} fenced`;
  if (head === 'completion.rejected') return `Token ${body.fence} is stale, ${body.current_fence} is current`;
  if (head === 'attempt.started') return `Attempt ${attempt}, token ${fence}`;
  if (head === 'lease.released')
    return sentence([textOf(body.outcome)?.replace('_', ' '), textOf(body.reason)].filter(Boolean).join('. '));
  if (head === 'checkpoint.signed' || head === 'witness.cosigned')
    return typeof body.size === 'number' ? `Tree size ${formatCount(body.size)}` : '';
  if (head === 'job.submitted') return `Digest ${formatHash((textOf(body.digest) ?? '').replace('sha256:', ''))}`;
  if (head === 'key.rotated' && textOf(body.fingerprint) !== null) return `To ${body.fingerprint}`;
  if (head === 'credential.issued' && textOf(body.fingerprint) !== null) return `Fingerprint ${body.fingerprint}`;
  if (head === 'source.enrolled') return textOf(body.name) ?? '';
  const said = entrySubject(entry, NO_NAMES);
  return said === entry.actor.id ? '' : said;
};

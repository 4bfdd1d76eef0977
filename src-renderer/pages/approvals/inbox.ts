import type { Admission } from '../../../src-server/contract/admission.ts';
import type { Approval } from '../../../src-server/contract/approval.ts';
import type { AdmissionState, ApprovalKind } from '../../../src-server/contract/terms.ts';
import { formatAge } from '../../format/duration.ts';
import { formatPlural } from '../../format/number.ts';
import { APPROVAL_LOOKS, type StateLook } from '../../ui/state-vocabulary.ts';

/** One row of the inbox: a question about a job, or about a private network. */
export type InboxItem =
  | { type: 'approval'; id: string; approval: Approval }
  | { type: 'admission'; id: string; admission: Admission };

const asApproval = (approval: Approval): InboxItem => ({ type: 'approval', id: approval.approval_id, approval });
const asAdmission = (admission: Admission): InboxItem => ({ type: 'admission', id: admission.admission_id, admission });
const askedAt = (item: InboxItem): number =>
  Date.parse(item.type === 'approval' ? item.approval.requested_at : item.admission.requested_at);
const decidedAt = (item: InboxItem): number => {
  const at = item.type === 'approval' ? item.approval.decided_at : item.admission.decided_at;
  return at === null ? askedAt(item) : Date.parse(at);
};

/** What waits, the oldest question first: it is the next one to answer. */
export const waitingItems = (approvals: readonly Approval[], admissions: readonly Admission[]): InboxItem[] =>
  [...approvals.map(asApproval), ...admissions.map(asAdmission)].sort((a, b) => askedAt(a) - askedAt(b));

/** What was decided or ended, the newest first. */
export const decidedItems = (approvals: readonly Approval[], admissions: readonly Admission[]): InboxItem[] =>
  [...approvals.map(asApproval), ...admissions.map(asAdmission)].sort((a, b) => decidedAt(b) - decidedAt(a));

/** `3 waiting, oldest 6 min`; undefined when nothing waits. */
export const inboxWords = (items: readonly InboxItem[], now: number): string | undefined => {
  const [oldest] = items;
  if (oldest === undefined) return undefined;
  return `${items.length} waiting, oldest ${formatAge(Math.max(0, now - askedAt(oldest)))}`;
};

const ADMISSION_LOOKS: Readonly<Record<AdmissionState, StateLook>> = {
  pending: { label: 'Waiting', shape: 'held-diamond', tone: 'wait' },
  granted: { label: 'Granted', shape: 'held-diamond', tone: 'ok' },
  rejected: { label: 'Rejected', shape: 'held-diamond', tone: 'refuse' },
  revoked: { label: 'Revoked', shape: 'slash-circle', tone: 'idle' },
  expired: { label: 'Expired', shape: 'held-diamond', tone: 'idle' },
};
/** The word, shape and tone of its state. */
export const lookOf = (item: InboxItem): StateLook =>
  item.type === 'approval' ? APPROVAL_LOOKS[item.approval.status] : ADMISSION_LOOKS[item.admission.status];

const KIND_WORDS: Readonly<Record<ApprovalKind, string>> = {
  fallback: 'Asks for the other side',
  before_start: 'Asks before it starts',
  on_request: 'Asks midway',
  sdk: 'Asked by an SDK client',
};
/** `writes to production` as the start of a line. */
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What it is about, what it touches, and since when, for the row. */
export const rowWords = (item: InboxItem): { title: string; id: string; about: string; at: number } => {
  if (item.type === 'admission') {
    const { network, source_name, hosts } = item.admission;
    return {
      title: `${network} on ${source_name}`,
      id: 'Network',
      about: formatPlural(hosts.length, 'host'),
      at: askedAt(item),
    };
  }
  const { approval } = item;
  const [kind] = approval.kinds;
  return {
    title: approval.title ?? approval.subject ?? 'A question',
    id: approval.wu_id ?? 'SDK',
    about: kind === undefined ? KIND_WORDS[approval.kind] : capital(kind),
    at: askedAt(item),
  };
};

/** When it was asked and, where it was, decided: instants in ms. */
export const instantsOf = (item: InboxItem) => ({ askedAt: askedAt(item), decidedAt: decidedAt(item) });

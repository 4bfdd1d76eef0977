import type { StreamChange } from '../../src-server/contract/stream.ts';

/** One notification of the system, and the screen that it opens. */
export interface Notice {
  title: string;
  body: string;
  path: string;
}

const shortened = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

/**
 * What of a change is worth a word outside of the window: an approval that is needed, a lease that was lost, a refusal,
 * a source that went offline. Nothing else, and never what a job printed.
 */
export const noticesOf = (workspaceId: string, { types, ref, rows }: StreamChange): Notice[] => {
  const board = `/dashboard/${workspaceId}`;
  const job = rows.jobs?.[0];
  const jobPath = job === undefined ? `${board}/jobs` : `${board}/jobs/${job.job_id}`;
  const what = job === undefined ? '' : shortened(`${job.wu_id}: ${job.title}`);
  const found: Notice[] = [];
  if (types.includes('approval.requested'))
    found.push({ title: 'Approval needed', body: what || 'A job waits for a person.', path: `${board}/approvals` });
  if (types.includes('lease.expired'))
    found.push({ title: 'Lease lost', body: what || 'A runner stopped renewing.', path: jobPath });
  if (types.includes('budget.refused') || job?.state === 'refused')
    found.push({ title: 'Job refused', body: what, path: jobPath });
  if (types.includes('source.offline')) {
    const source = rows.sources?.[0];
    const id = source?.source_id ?? (typeof ref.source_id === 'string' ? ref.source_id : undefined);
    found.push({
      title: 'Source offline',
      body: source?.name ?? 'A source stopped answering.',
      path: id === undefined ? `${board}/sources` : `${board}/sources?source=${id}`,
    });
  }
  return found;
};

/** At most so many notifications in a while; a storm of them says nothing. */
export const createNoticeLimit = (nowMs: () => number, limit = 5, windowMs = 60_000): (() => boolean) => {
  let shown: number[] = [];
  return () => {
    const now = nowMs();
    shown = shown.filter((at) => now - at < windowMs);
    if (shown.length >= limit) return false;
    shown.push(now);
    return true;
  };
};

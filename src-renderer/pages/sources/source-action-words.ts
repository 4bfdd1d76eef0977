import type { Source } from '../../../src-server/contract/source.ts';

export type SourceActionId = 'sourceCordon' | 'sourceDrain' | 'sourceResume' | 'sourceRevoke';

/** Why an action is of no use to the source as it is; undefined when it is. Rights are judged apart. */
export const whyNot = (source: Source, action: SourceActionId): string | undefined => {
  if (source.revoked) return 'This source was revoked. Add a runner to enroll it again.';
  if (action === 'sourceCordon' && source.cordoned) return 'It is cordoned already.';
  if (action === 'sourceDrain' && source.draining) return 'It is draining already.';
  const canResume = source.cordoned || source.draining || source.state === 'quarantined';
  if (action === 'sourceResume' && !canResume) return 'It is neither cordoned, draining nor quarantined.';
  return undefined;
};

/** What was done, for the note at the foot. */
export const doneWords = (action: SourceActionId, name: string): string =>
  ({
    sourceCordon: `${name} is cordoned. It takes no new job.`,
    sourceDrain: `${name} is draining. It finishes its leases, then takes none.`,
    sourceResume: `${name} takes jobs again.`,
    sourceRevoke: `${name} is revoked.`,
  })[action];

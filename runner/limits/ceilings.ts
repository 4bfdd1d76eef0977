import type { EnvelopePayload } from '../../src-server/contract/runtime.ts';
import type { EnforcedConfinement } from '../receipt.ts';
import { AttemptGroup } from './attempt-group.ts';
import type { CgroupPlace } from './cgroup-places.ts';
import { limitsFor, type SourceSize } from './limits.ts';

/** What the ceilings of an attempt on this source are made of. */
export interface Ceilings {
  /** Null where this runner may make no groups; then nothing is promised. */
  place: CgroupPlace | null;
  size: SourceSize;
}

/** No ceilings. */
export const NO_CEILINGS: Ceilings = { place: null, size: { memoryBytes: 0, cpuCount: 1 } };

/** How the names of a session's groups begin: it is how a later start knows its own. */
export const groupPrefix = (sessionId: string): string => `cc-${sessionId}-`;

/** The group of one attempt, or null where there are none. A place that is gone since it was tried promises nothing either. */
export function groupFor(
  { place, size }: Ceilings,
  { session_id: sessionId, lease_id: leaseId, fence, job }: EnvelopePayload,
): AttemptGroup | null {
  if (place === null) return null;
  try {
    return AttemptGroup.make(place, `${groupPrefix(sessionId)}${leaseId}-${fence}`, limitsFor(job, size));
  } catch {
    return null;
  }
}

/** What a receipt says of the group: nothing where there was none. */
export const enforcedBy = (group: AttemptGroup | null): Pick<EnforcedConfinement, 'limits'> =>
  group === null
    ? {}
    : { limits: { by: 'cgroup', memory_bytes: group.limits.memoryBytes, processes: group.limits.processes } };

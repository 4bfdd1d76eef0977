import { z } from 'zod';

/**
 * Identifiers. Each is `<prefix>_` and 26 Crockford base-32 characters (a 128-bit value whose first 48 bits are
 * milliseconds since 1970), so that ids of one kind sort by the time they were made.
 */
export const ID_PREFIXES = {
  workspace: 'ws',
  source: 'src',
  enrollment: 'enr',
  session: 'ses',
  job: 'job',
  assignmentRun: 'run',
  lease: 'lse',
  decision: 'dec',
  approval: 'apr',
  admission: 'adm',
  operator: 'opr',
  pool: 'pool',
  poolToken: 'ptk',
  request: 'req',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

const ID_BODY = '[0-9A-HJKMNP-TV-Z]{26}';

/** A zod schema for one kind of id. */
export const idSchema = (kind: IdKind) =>
  z
    .string()
    .regex(new RegExp(`^${ID_PREFIXES[kind]}_${ID_BODY}$`), `must be an id that starts with ${ID_PREFIXES[kind]}_`);

/** Workspace ids also know the reserved plane log `ws_plane`. */
export const workspaceId = idSchema('workspace');
export const sourceId = idSchema('source');
export const enrollmentId = idSchema('enrollment');
export const sessionId = idSchema('session');
export const jobId = idSchema('job');
export const leaseId = idSchema('lease');
export const assignmentRunId = idSchema('assignmentRun');
export const decisionId = idSchema('decision');
export const approvalId = idSchema('approval');
export const admissionId = idSchema('admission');
export const poolId = idSchema('pool');
export const poolTokenId = idSchema('poolToken');

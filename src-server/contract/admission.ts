import { z } from 'zod';
import { admissionId, sourceId } from './ids.ts';
import { ADMISSION_EXPIRES_MAX_MS, ADMISSION_EXPIRES_MIN_MS, ADMISSION_HOSTS_MAX } from './limits.ts';
import { count, instant, listOf, queryCursor, queryLimit, reason, text } from './primitives.ts';
import { ADMISSION_STATES } from './terms.ts';

/** `private:<name>`, as a job names the network it needs. */
export const PRIVATE_NETWORK = /^private:[a-z0-9][a-z0-9-]{0,62}$/;
export const privateNetwork = z.string().regex(PRIVATE_NETWORK, 'must be like private:registry');
/** A host name or an IPv4 address; no wildcard, no scheme. */
const host = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, 'must be a host like registry.lan');
export const networkGrant = z.strictObject({ host, port: z.int().min(1).max(65_535) });
export type NetworkGrant = z.infer<typeof networkGrant>;
const hosts = z.array(networkGrant).min(1).max(ADMISSION_HOSTS_MAX);
const expiresMs = z.int().min(ADMISSION_EXPIRES_MIN_MS).max(ADMISSION_EXPIRES_MAX_MS);

/**
 * A grant for a private network: jobs that name the network may run on the source and reach these hosts and ports from
 * there. The plane opens nothing; the runner dials out and its confinement lets only these through.
 */
export const admission = z.object({
  admission_id: admissionId,
  network: z.string(),
  source_id: sourceId,
  source_name: z.string(),
  hosts: z.array(networkGrant),
  status: z.enum(ADMISSION_STATES),
  /** Where it stands, in a sentence. */
  sentence: z.string(),
  reason: z.string().nullable(),
  requested_by: z.string(),
  requested_at: instant,
  decided_by: z.string().nullable(),
  decided_at: instant.nullable(),
  decision_reason: z.string().nullable(),
  /** How long a grant holds, and what is left of it in plane time; null: until it is revoked. */
  expires_ms: count.nullable(),
  expires_in_ms: count.nullable(),
  /** Running jobs that use it now. */
  leases_in_use: count,
});
export type Admission = z.infer<typeof admission>;
export const admissionList = listOf(admission);
export const admissionListQuery = z.strictObject({
  /** Comma-separated. */
  status: text(80).optional(),
  network: privateNetwork.optional(),
  source_id: sourceId.optional(),
  cursor: queryCursor.optional(),
  limit: queryLimit,
});
export const admissionRequest = z.strictObject({
  network: privateNetwork,
  source_id: sourceId,
  hosts,
  expires_ms: expiresMs.nullable().default(null),
  reason: reason.nullable().default(null),
});
export type AdmissionRequest = z.output<typeof admissionRequest>;
/** The approver may narrow hosts and time; what is left out stays as it was asked. */
export const admissionDecide = z.strictObject({
  decision: z.enum(['granted', 'rejected']),
  hosts: hosts.optional(),
  expires_ms: expiresMs.nullable().optional(),
  reason: reason.optional(),
});
export type AdmissionDecide = z.infer<typeof admissionDecide>;

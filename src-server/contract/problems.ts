import { z } from 'zod';

interface ProblemKind {
  status: number;
  title: string;
  retryable: boolean;
}
const kind = (status: number, title: string, retryable = false): ProblemKind => ({ status, title, retryable });

/** The one table of problem codes (RFC 9457). `detail` is written where the problem arises and says what to do next. */
export const PROBLEMS = {
  'json.invalid': kind(400, 'The body is not valid JSON'),
  'json.too_complex': kind(400, 'The body is nested too deeply or has too many keys'),
  'json.duplicate_key': kind(400, 'The body names a key twice'),
  'request.malformed': kind(400, 'The request is malformed'),
  'idempotency.key_missing': kind(400, 'An Idempotency-Key header is needed'),
  'credential.mistyped': kind(400, 'The credential is mistyped'),
  'auth.missing': kind(401, 'No bearer was sent'),
  'auth.invalid': kind(401, 'The bearer is not known'),
  'session.expired': kind(401, 'The session token is no longer valid'),
  'session.key_mismatch': kind(401, 'The session belongs to another key'),
  'proof.invalid': kind(401, 'The proof does not hold'),
  'credential.used': kind(401, 'The credential was used already'),
  'credential.expired': kind(401, 'The credential expired unused'),
  'credential.burned': kind(401, 'The credential was burned'),
  'credential.revoked': kind(401, 'The registration token was revoked'),
  'credential.unknown': kind(401, 'The credential is not known'),
  'sign_in.code_invalid': kind(401, 'The sign-in link is used up or expired'),
  'host.not_allowed': kind(403, 'This host name is not served here'),
  'origin.not_allowed': kind(403, 'This origin may not call the control plane'),
  'preflight.refused': kind(403, 'Cross-origin calls are not offered'),
  'workspace.not_yours': kind(403, 'The key belongs to another workspace'),
  'right.missing': kind(403, 'Your role does not allow this'),
  'approval.not_yours': kind(403, 'This approval is not yours to give'),
  'pool.class_mismatch': kind(403, 'The runner is not of the class that this pool takes'),
  'runner.revoked': kind(403, 'The runner was revoked'),
  not_found: kind(404, 'There is nothing at this address'),
  'method.not_allowed': kind(405, 'This method is not offered here'),
  'request.timeout': kind(408, 'The request took too long to arrive', true),
  'conflict.lease_superseded': kind(409, 'The lease is no longer yours'),
  'conflict.state': kind(409, 'The state does not allow this'),
  'conflict.log_gap': kind(409, 'Log bytes are missing before this offset', true),
  'conflict.policy_version': kind(409, 'The policy was changed by someone else'),
  'conflict.budgets_version': kind(409, 'The budgets were changed by someone else'),
  'conflict.job_changed': kind(409, 'The job was changed by someone else'),
  'approval.job_changed': kind(409, 'The job is not the one that was looked at'),
  'conflict.source_name': kind(409, 'A source of this name exists'),
  'idempotency.in_progress': kind(409, 'The same request is still running', true),
  'idempotency.secret_not_repeatable': kind(409, 'A secret is shown once'),
  'body.too_large': kind(413, 'The body is too large'),
  'url.too_long': kind(414, 'The address is too long'),
  'media.unsupported': kind(415, 'Only application/json is read here'),
  'field.invalid': kind(422, 'A field is not valid'),
  'feature.not_built': kind(422, 'This field has no rule yet'),
  'idempotency.key_reused': kind(422, 'The Idempotency-Key was used for another request'),
  'artifact.path_unsafe': kind(422, 'The artifact path is not safe'),
  'digest.mismatch': kind(422, 'The digest does not match the bytes'),
  'receipt.invalid': kind(422, 'The run receipt does not hold'),
  'input.unknown': kind(422, 'An input is not stored here'),
  'enrollment.loopback_only': kind(422, 'No runner elsewhere can reach this address'),
  'runner.too_old': kind(426, 'The runner speaks an older contract'),
  'rate.limited': kind(429, 'Too many attempts', true),
  'headers.too_large': kind(431, 'The headers are too large'),
  'remote.not_allowed': kind(422, 'This address may not be a remote workspace'),
  'remote.test_failed': kind(422, 'The remote workspace did not pass its test'),
  'internal.error': kind(500, 'The control plane met an error of its own', true),
  'remote.unreachable': kind(502, 'The remote workspace did not answer', true),
  'remote.token_refused': kind(502, 'The remote workspace does not accept its token'),
  'storage.failed': kind(503, 'The disk failed', true),
  'plane.stopping': kind(503, 'The control plane is stopping', true),
  'plane.read_only': kind(503, 'The control plane is open read-only'),
  'storage.full': kind(507, 'The disk is full', true),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];
export const problemType = (code: ProblemCode): string => `urn:connected-compute:problem:${code}`;

export const fieldError = z.object({ pointer: z.string(), message: z.string() });
export type FieldError = z.infer<typeof fieldError>;

/** `application/problem+json`. More members may be there (for example `current_attempt`, `expected_offset`). */
export const problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(PROBLEM_CODES),
  request_id: z.string(),
  retryable: z.boolean(),
  retry_after_ms: z.int().optional(),
  errors: z.array(fieldError).optional(),
});
export type Problem = z.infer<typeof problem>;

/**
 * An operating error that has an answer on the wire. Thrown anywhere below the HTTP rim, translated there once.
 * @param detail one sentence that says what to do next; never holds a secret.
 * @param more further members of the problem document, snake_case.
 */
export class ProblemError extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly more: { errors?: FieldError[]; retry_after_ms?: number; [member: string]: unknown } = {},
  ) {
    super(`${code}: ${detail}`);
    this.name = 'ProblemError';
  }
}

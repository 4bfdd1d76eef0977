import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { idempotencyHeader } from '../contract/job.ts';
import { ProblemError } from '../contract/problems.ts';
import type { RouteSpec } from '../contract/routes/route-spec.ts';
import type { Idempotency } from '../plane/commands/context.ts';
import type { Caller } from './principal.ts';

/** 128 bits are enough against chance. One string in one call: a request makes two of these. */
const shortHash = (text: string): string => hash('sha256', text, 'hex').slice(0, 32);

/**
 * The key of a request as it is kept, and what tells the same request from another one.
 * @returns null where the route takes none, or none was sent to a route that can do without.
 * @throws ProblemError `idempotency.key_missing`, `field.invalid`.
 */
export function idempotencyOf(
  request: IncomingMessage,
  route: RouteSpec,
  caller: Caller,
  rawBody: Buffer,
): Idempotency | null {
  if (route.idempotency === undefined) return null;
  const header = request.headers['idempotency-key'];
  if (header === undefined) {
    if (route.idempotency === 'optional') return null;
    throw new ProblemError(
      'idempotency.key_missing',
      'Send an Idempotency-Key: a new one for each request, the same one when you repeat it.',
    );
  }
  const key = idempotencyHeader.safeParse(header);
  if (!key.success)
    throw new ProblemError('field.invalid', 'Mend the Idempotency-Key: it takes 1 to 128 visible characters.', {
      errors: [{ pointer: 'Idempotency-Key', message: 'is not valid' }],
    });
  return {
    key: shortHash(`${principalOf(caller)}\u0000${key.data}`),
    // Each byte of the body becomes one character, so that no two bodies look alike.
    request: shortHash(`${route.method}\u0000${request.url}\u0000${rawBody.toString('latin1')}`),
  };
}

/** Keys of one caller never meet those of another. */
function principalOf(caller: Caller): string {
  switch (caller.kind) {
    case 'operator':
      return caller.operator.operatorId;
    case 'runner':
    case 'returning':
      return caller.sessionId;
    case 'api_key':
      return caller.prefix;
    case 'credential':
      return shortHash(caller.credential);
    case 'none':
      return '';
  }
}

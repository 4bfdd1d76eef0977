import { createHash } from 'node:crypto';
import type { PlaneEvent } from '../../contract/events.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { EnrollmentCreate } from '../../contract/source.ts';
import { makeCredential } from '../../domain/credentials/format.ts';
import { armCredential } from '../due.ts';
import type { Actor, CommandContext } from './context.ts';

/** The only value that ever holds a credential; it goes into one answer and nowhere else. */
export interface IssuedCredential {
  enrollmentId: string;
  sourceId: string;
  credential: string;
  sha256: string;
  ttlMs: number;
}

/** @throws ProblemError `conflict.source_name`. */
export function requireFreeName(ctx: CommandContext, name: string, mend: string): void {
  const isTaken = [...ctx.engine.hot.fleet.sources.values()].some((s) => s.name === name && s.revoked === null);
  if (isTaken)
    throw new ProblemError('conflict.source_name', `A source named ${name} exists. ${mend}`, {
      errors: [{ pointer: '/name', message: 'is taken' }],
    });
}

/** Makes a source and its first credential. The kind `managed_pool` stands on the managed side, all others on BYOC. */
export function enrollSource(ctx: CommandContext, actor: Actor, request: EnrollmentCreate): IssuedCredential {
  const { engine } = ctx;
  requireFreeName(ctx, request.name, 'Choose another name, or reissue its credential.');
  const sourceId = engine.ids.make('source');
  return issue(ctx, actor, sourceId, request.ttl_ms, [
    {
      type: 'source.enrolled',
      body: {
        source_id: sourceId,
        name: request.name,
        kind: request.kind,
        side: request.kind === 'managed_pool' ? 'managed' : 'byoc',
        capacity: request.capacity,
        labels: request.labels,
        pinned_class: request.compute_class,
      },
    },
  ]);
}

/** Burns what is left of the old credential and makes another for the same source. */
export function reissueCredential(
  ctx: CommandContext,
  actor: Actor,
  enrollmentId: string,
  reason: string | null,
): IssuedCredential {
  const enrollment = find(ctx, enrollmentId);
  const source = ctx.engine.hot.fleet.source(enrollment.sourceId);
  if (source.revoked !== null)
    throw new ProblemError('conflict.state', `The source ${source.name} was revoked. Enroll a new one.`);
  const burn: PlaneEvent[] =
    enrollment.state === 'issued' ? [{ type: 'credential.burned', body: { enrollment_id: enrollmentId, reason } }] : [];
  return issue(ctx, actor, enrollment.sourceId, enrollment.ttlMs, burn);
}

/** Burns an unused credential: the value stops working at once. */
export function burnCredential(ctx: CommandContext, actor: Actor, enrollmentId: string, reason: string | null): void {
  const enrollment = find(ctx, enrollmentId);
  if (enrollment.state !== 'issued') {
    throw new ProblemError(
      'conflict.state',
      `The credential is ${enrollment.state} already.${enrollment.state === 'redeemed' ? ' Revoke the source to stop its runner.' : ''}`,
    );
  }
  ctx.engine.emit(actor, [{ type: 'credential.burned', body: { enrollment_id: enrollmentId, reason } }], {
    source: enrollment.sourceId,
  });
}

function find(ctx: CommandContext, enrollmentId: string) {
  const enrollment = ctx.engine.hot.enrollments.get(enrollmentId);
  if (enrollment === undefined)
    throw new ProblemError('not_found', `There is no enrollment ${enrollmentId} in this workspace.`);
  return enrollment;
}

function issue(
  ctx: CommandContext,
  actor: Actor,
  sourceId: string,
  ttlMs: number,
  before: PlaneEvent[],
): IssuedCredential {
  const { engine } = ctx;
  const enrollmentId = engine.ids.make('enrollment');
  const credential = makeCredential('cce', () => engine.random.integer(62));
  const sha256 = createHash('sha256').update(credential).digest('hex');
  engine.emit(
    actor,
    [
      ...before,
      {
        type: 'credential.issued',
        body: { enrollment_id: enrollmentId, source_id: sourceId, credential_sha256: sha256, ttl_ms: ttlMs },
      },
    ],
    { source: sourceId },
  );
  armCredential(engine, enrollmentId);
  return { enrollmentId, sourceId, credential, sha256, ttlMs };
}

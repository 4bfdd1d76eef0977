import type { AdmissionDecide, AdmissionRequest } from '../../contract/admission.ts';
import { ProblemError } from '../../contract/problems.ts';
import { ADMISSION_TRANSITIONS } from '../../domain/admissions/transitions.ts';
import { fourEyesSentence } from '../../domain/approvals/sentence.ts';
import { canFollow } from '../../domain/transition-table.ts';
import { type AdmissionRow, admissionById } from '../../state/queries/admissions.ts';
import { armAdmission, refuseHeld, reviewAdmissions, stopUnadmitted } from '../admission-review.ts';
import { offerToAsks } from '../placing.ts';
import type { Actor, CommandContext } from './context.ts';

/** Asks that a source may reach hosts of a private network. @throws ProblemError `not_found`, `conflict.state`. */
export function requestAdmission(ctx: CommandContext, actor: Actor, request: AdmissionRequest): string {
  const { engine } = ctx;
  const source = engine.hot.fleet.sources.get(request.source_id);
  if (source === undefined)
    throw new ProblemError('not_found', `There is no source ${request.source_id} in this workspace.`);
  if (source.revoked !== null)
    throw new ProblemError(
      'conflict.state',
      `${source.name} is revoked; it runs nothing any more. Name another source.`,
    );
  const admissionId = engine.ids.make('admission');
  engine.emit(actor, [{ type: 'admission.requested', body: { admission_id: admissionId, ...request } }], {
    source: source.sourceId,
  });
  return admissionId;
}

function admissionOf(ctx: CommandContext, admissionId: string): AdmissionRow {
  const row = admissionById(ctx.engine.state.db, admissionId);
  if (row === undefined) throw new ProblemError('not_found', `There is no admission ${admissionId} in this workspace.`);
  return row;
}

/**
 * Grants a request, perhaps narrower than it was asked, or rejects it. The same answer again changes nothing.
 * @throws ProblemError `not_found`, `conflict.state`, `approval.not_yours` under four-eyes, `field.invalid` for a host
 *   that was not asked for.
 */
export function decideAdmission(ctx: CommandContext, actor: Actor, admissionId: string, answer: AdmissionDecide): void {
  const { engine } = ctx;
  const row = admissionOf(ctx, admissionId);
  const isGrant = answer.decision === 'granted';
  if (isGrant && engine.hot.policy.fourEyes && row.requestedBy === actor.id)
    throw new ProblemError('approval.not_yours', fourEyesSentence(actor.id));
  if (row.status === answer.decision) return;
  if (!canFollow(ADMISSION_TRANSITIONS, row.status, answer.decision))
    throw new ProblemError('conflict.state', `This admission is ${row.status} already.`);
  const { sourceId, network } = row;
  const named = { admission_id: admissionId, source_id: sourceId, network };
  const reason = answer.reason ?? null;
  if (!isGrant) {
    engine.emit(actor, [{ type: 'admission.rejected', body: { ...named, reason } }], { source: sourceId });
    refuseHeld(engine, network, actor, reason);
    return;
  }
  const hosts = answer.hosts ?? row.hosts;
  const asked = new Set(row.hosts.map((h) => `${h.host}:${h.port}`));
  const wider = hosts.findIndex((h) => !asked.has(`${h.host}:${h.port}`));
  if (wider >= 0)
    throw new ProblemError('field.invalid', 'Grant only what was asked for; for more, make another request.', {
      errors: [{ pointer: `/hosts/${wider}`, message: 'was not asked for' }],
    });
  const expiresMs = answer.expires_ms === undefined ? row.expiresMs : answer.expires_ms;
  engine.emit(
    actor,
    [{ type: 'admission.granted', body: { ...named, hosts: [...hosts], expires_ms: expiresMs, reason } }],
    { source: sourceId },
  );
  armAdmission(engine, admissionId);
  reviewAdmissions(engine);
  offerToAsks(engine);
}

/** Ends a grant: nothing new is granted by it, and what runs by it is told to stop. */
export function revokeAdmission(ctx: CommandContext, actor: Actor, admissionId: string, reason: string | null): void {
  const { engine } = ctx;
  const row = admissionOf(ctx, admissionId);
  if (row.status === 'revoked') return;
  if (!canFollow(ADMISSION_TRANSITIONS, row.status, 'revoked'))
    throw new ProblemError('conflict.state', `This admission is ${row.status}; only a grant can be revoked.`);
  const { sourceId, network } = row;
  engine.emit(
    actor,
    [{ type: 'admission.revoked', body: { admission_id: admissionId, source_id: sourceId, network, reason } }],
    { source: sourceId },
  );
  stopUnadmitted(ctx, row, 'revoked', actor.id);
  reviewAdmissions(engine);
}

import type { z } from 'zod';
import type { AdmissionDecide, AdmissionRequest, admissionListQuery } from '../../contract/admission.ts';
import type { ApprovalAsk, ApprovalDecide, approvalListQuery } from '../../contract/approval.ts';
import { decideAdmission, requestAdmission, revokeAdmission } from '../../plane/commands/admissions.ts';
import { askApproval, readQuestion } from '../../plane/commands/ask-approval.ts';
import { claimant } from '../../plane/commands/claim-work.ts';
import type { CommandContext } from '../../plane/commands/context.ts';
import { decideApproval } from '../../plane/commands/decide-approval.ts';
import { sign } from '../../plane/commands/sign-of-life.ts';
import { admissionView, listAdmissionsView } from '../../plane/views/admission-view.ts';
import { approvalDetailView, listApprovalsView } from '../../plane/views/approval-view.ts';
import { type Answer, actorOf, type Call, type Handler, hostedOf, ok, readAnswer, runnerOf } from '../call.ts';
import { waitFor } from '../wait-for.ts';

const approvalId = (call: Call): string => call.params.approval_id ?? '';
const admissionId = (call: Call): string => call.params.admission_id ?? '';
const reasonOf = (call: Call): string | null => (call.body as { reason?: string }).reason ?? null;

async function onAdmission(call: Call, act: (ctx: CommandContext) => void): Promise<Answer> {
  return ok(
    await hostedOf(call).workspace.run((ctx) => {
      act(ctx);
      return admissionView(ctx.engine, admissionId(call));
    }),
  );
}

/** Routes of what people are asked, and of what they admitted. */
export const approvalHandlers = {
  approvals: (call) =>
    readAnswer(call, ({ workspace }) =>
      listApprovalsView(workspace.engine, call.query as z.output<typeof approvalListQuery>),
    ),
  approval: (call) => readAnswer(call, ({ workspace }) => approvalDetailView(workspace.engine, approvalId(call))),
  approvalDecide: async (call) =>
    ok(
      await hostedOf(call).workspace.run((ctx) => {
        decideApproval(ctx, actorOf(call), approvalId(call), call.body as ApprovalDecide);
        return approvalDetailView(ctx.engine, approvalId(call));
      }),
    ),
  admissions: (call) =>
    readAnswer(call, ({ workspace }) =>
      listAdmissionsView(workspace.engine, call.query as z.output<typeof admissionListQuery>),
    ),
  admission: (call) => readAnswer(call, ({ workspace }) => admissionView(workspace.engine, admissionId(call))),
  admissionRequest: async (call) => ({
    status: 201,
    json: await hostedOf(call).workspace.run((ctx) =>
      admissionView(ctx.engine, requestAdmission(ctx, actorOf(call), call.body as AdmissionRequest)),
    ),
  }),
  admissionDecide: (call) =>
    onAdmission(call, (ctx) => decideAdmission(ctx, actorOf(call), admissionId(call), call.body as AdmissionDecide)),
  admissionRevoke: (call) =>
    onAdmission(call, (ctx) => revokeAdmission(ctx, actorOf(call), admissionId(call), reasonOf(call))),
  approvalAsk: async (call) => {
    const { sessionId, hosted } = runnerOf(call);
    const json = await hosted.workspace.run((ctx) => {
      claimant(ctx, sessionId);
      return askApproval(ctx, sessionId, call.params.lease_id ?? '', call.body as ApprovalAsk, call.idempotency);
    });
    return { status: 201, json };
  },
  approvalWait,
} satisfies Record<string, Handler>;

async function approvalWait(call: Call): Promise<Answer> {
  const { sessionId, hosted } = runnerOf(call);
  const { workspace } = hosted;
  const leaseId = call.params.lease_id ?? '';
  const look = () => readQuestion(workspace.engine, sessionId, leaseId, approvalId(call));
  const { wait_ms: waitMs } = call.query as { wait_ms: number };
  const change = waitFor(call, (wake) => workspace.ctx.wakeups.on(sessionId, wake));
  try {
    const now = await workspace.run((ctx) => {
      sign(ctx.engine, claimant(ctx, sessionId).source);
      return look();
    });
    if (now.status !== 'pending' || waitMs === 0) {
      change.giveUp();
      return ok(now);
    }
  } catch (error) {
    change.giveUp();
    throw error;
  }
  await change.within(waitMs);
  return ok((await workspace.read(look)).value);
}

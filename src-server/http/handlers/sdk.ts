import type { z } from 'zod';
import { ProblemError } from '../../contract/problems.ts';
import type * as sdk from '../../contract/sdk.ts';
import { instantOf } from '../../plane/clock.ts';
import type { CommandContext } from '../../plane/commands/context.ts';
import { heartbeatMs } from '../../plane/leases.ts';
import { apiKeyView, issueApiKey, revokeApiKey } from '../../plane/sdk/api-keys.ts';
import { listSdkApprovals, requestSdkApproval, resolveSdkApproval } from '../../plane/sdk/approvals.ts';
import { assignmentOf } from '../../plane/sdk/assignment.ts';
import { budgetLeftUsd } from '../../plane/sdk/budget-left.ts';
import { takeItems } from '../../plane/sdk/intake.ts';
import { sdkRules } from '../../plane/sdk/rules.ts';
import { beatSdkSession, endSdkSession, registerSdkSession, sdkSessionView } from '../../plane/sdk/sessions.ts';
import { cursorOf } from '../../plane/views/page.ts';
import { type Answer, actorOf, type Call, type Handler, hostedOf, ok, readAnswer } from '../call.ts';

const TOKEN_ENV = 'LUMENFLOW_CONTROL_PLANE_TOKEN';

/** Who calls with a key, and in which workspace: the one of the key. */
function keyOf(call: Call) {
  if (call.caller.kind !== 'api_key') throw new Error('an SDK route without its key');
  return call.caller;
}

/** @throws ProblemError `workspace.not_yours` when the body or the query names another workspace than the key's. */
function scoped(call: Call): ReturnType<typeof keyOf> & { orgId: string } {
  const caller = keyOf(call);
  const named = { ...call.query, ...(call.body as Record<string, unknown> | undefined) };
  if (named.workspace_id !== undefined && named.workspace_id !== caller.hosted.workspaceId)
    throw new ProblemError('workspace.not_yours', 'This API key belongs to another workspace. Use a key of that one.');
  return { ...caller, orgId: typeof named.org_id === 'string' ? named.org_id : 'local' };
}

/** Runs a command as the key, answered once it is on disk. */
async function asKey<T>(call: Call, command: (ctx: CommandContext, prefix: string) => T): Promise<Answer> {
  const { hosted, prefix } = scoped(call);
  return ok(await hosted.workspace.run((ctx) => command(ctx, prefix)));
}

async function authenticate(call: Call): Promise<Answer> {
  const { hosted, key } = scoped(call);
  const { org_id, agent_id } = call.body as z.infer<typeof sdk.sdkAuthenticate>;
  return ok({ workspace_id: hosted.workspaceId, org_id, agent_id, token: key });
}

const policies = (call: Call): Promise<Answer> => asKey(call, (ctx) => sdkRules(ctx.engine));

async function config(call: Call): Promise<Answer> {
  const { hosted, orgId } = scoped(call);
  return ok({
    id: hosted.workspaceId,
    control_plane: {
      endpoint: call.served.publicUrl,
      org_id: orgId,
      project_id: hosted.workspaceId,
      sync_interval: Math.max(1, Math.floor(heartbeatMs(hosted.workspace.engine) / 1_000)),
      policy_mode: 'authoritative',
      auth: { token_env: TOKEN_ENV },
    },
  });
}

const heartbeat = (call: Call): Promise<Answer> =>
  asKey(call, (ctx, prefix) => {
    const session = beatSdkSession(ctx, prefix, call.body as sdk.SdkHeartbeat);
    const assignment = assignmentOf(ctx.engine, session.wuId);
    const budgetLeft = budgetLeftUsd(ctx.engine, session.wuId);
    return {
      status: 'ok',
      server_time: instantOf(ctx.engine.clock.wallMs()),
      next_heartbeat_ms: heartbeatMs(ctx.engine),
      ...(assignment === null ? {} : { assignment }),
      ...(budgetLeft === null ? {} : { budget_remaining_usd: budgetLeft }),
    };
  });

const register = (call: Call): Promise<Answer> =>
  asKey(call, (ctx, prefix) => {
    const session = registerSdkSession(ctx, prefix, call.body as sdk.SdkRegister);
    return { accepted: 1, session_id: session.sessionId, session: sdkSessionView(ctx.engine, session) };
  });

const endSession = (call: Call, sessionId: string, reason: string | null): Promise<Answer> =>
  asKey(call, (ctx, prefix) => {
    endSdkSession(ctx, prefix, sessionId, reason);
    return { accepted: 1, session_id: sessionId };
  });

type Received = Parameters<typeof takeItems>[2];
/** Every list of the body goes into the log; the count is of all of them. */
const intake =
  (type: Received, fields: readonly string[]): Handler =>
  (call) =>
    asKey(call, (ctx, prefix) => {
      const body = call.body as Record<string, unknown[] | undefined>;
      const accepted = fields.reduce((n, field) => n + takeItems(ctx, prefix, type, field, body[field] ?? []), 0);
      return { accepted };
    });

export const sdkHandlers = {
  apiKeys: (call) =>
    readAnswer(call, ({ workspace }) => {
      const { cursor, limit } = call.query as { cursor?: string; limit: number };
      const all = [...workspace.engine.hot.sdk.keys.values()].reverse();
      const after = cursor === undefined ? -1 : all.findIndex((k) => cursorOf(k.prefix) === cursor);
      const shown = all.slice(after + 1, after + 1 + limit);
      const last = shown.at(-1);
      const hasMore = after + 1 + shown.length < all.length && last !== undefined;
      return { items: shown.map(apiKeyView), next_cursor: hasMore ? cursorOf(last.prefix) : null };
    }),
  apiKeyCreate: async (call) => ({
    status: 200,
    json: await hostedOf(call).workspace.run((ctx) => issueApiKey(ctx, actorOf(call))),
    headers: { 'cache-control': 'no-store' },
  }),
  apiKeyRevoke: async (call) => {
    const { reason } = call.body as { reason?: string };
    return ok(
      await hostedOf(call).workspace.run((ctx) =>
        apiKeyView(revokeApiKey(ctx, actorOf(call), call.params.prefix ?? '', reason ?? null)),
      ),
    );
  },
  sdkSessionList: (call) =>
    readAnswer(call, ({ workspace: { engine } }) => {
      const { cursor, limit } = call.query as { cursor?: string; limit: number };
      const all = [...engine.hot.sdk.sessions.values()].reverse();
      const keyOfSession = (id: string): string => Buffer.from(id).toString('base64url').slice(0, 190);
      const after = cursor === undefined ? -1 : all.findIndex((s) => keyOfSession(s.sessionId) === cursor);
      const shown = all.slice(after + 1, after + 1 + limit);
      const last = shown.at(-1);
      const hasMore = after + 1 + shown.length < all.length && last !== undefined;
      return {
        items: shown.map((s) => sdkSessionView(engine, s)),
        next_cursor: hasMore ? keyOfSession(last.sessionId) : null,
      };
    }),
  sdkAuthenticate: authenticate,
  sdkPolicies: policies,
  sdkPoliciesPost: policies,
  sdkConfig: config,
  sdkConfigPost: config,
  sdkHeartbeat: heartbeat,
  sdkSessions: (call) =>
    asKey(call, ({ engine }, prefix) => ({
      sessions: [...engine.hot.sdk.sessions.values()]
        .filter((s) => s.keyPrefix === prefix)
        .map((s) => sdkSessionView(engine, s)),
    })),
  sdkSessionRegister: register,
  sdkSessionCreate: register,
  sdkSessionDeregister: (call) => {
    const { session_id: sessionId, reason } = call.body as z.infer<typeof sdk.sdkDeregister>;
    return endSession(call, sessionId, reason ?? null);
  },
  sdkSessionDelete: (call) => endSession(call, call.params.session_id ?? '', null),
  sdkEvents: intake('sdk.events_received', ['events']),
  sdkEvidence: intake('sdk.evidence_received', ['evidence_refs', 'receipts']),
  sdkTelemetry: intake('sdk.telemetry_received', ['records']),
  sdkApprovalRequest: (call) =>
    asKey(call, (ctx, prefix) => requestSdkApproval(ctx, prefix, call.body as sdk.SdkApprovalRequest)),
  sdkApprovalResolve: (call) =>
    asKey(call, (ctx, prefix) => resolveSdkApproval(ctx, prefix, call.body as z.output<typeof sdk.sdkApprovalResolve>)),
  sdkApprovalList: (call) =>
    asKey(call, ({ engine }) => listSdkApprovals(engine, call.body as z.output<typeof sdk.sdkApprovalList>)),
} satisfies Record<string, Handler>;

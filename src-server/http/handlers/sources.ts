import type { z } from 'zod';
import type { drainBody, EnrollmentCreate, sourceListQuery, sourcePatch } from '../../contract/source.ts';
import { instantOf } from '../../plane/clock.ts';
import {
  cordonSource,
  drainSource,
  findSource,
  patchSource,
  resumeSource,
  revokeSource,
} from '../../plane/commands/change-source.ts';
import type { CommandContext } from '../../plane/commands/context.ts';
import {
  burnCredential,
  enrollSource,
  type IssuedCredential,
  reissueCredential,
} from '../../plane/commands/enroll-source.ts';
import {
  enrollmentView,
  listEnrollmentsView,
  listSourcesView,
  sourceDetailView,
  sourceView,
} from '../../plane/views/source-view.ts';
import { type Answer, actorOf, type Call, type Handler, hostedOf, ok, readAnswer } from '../call.ts';
import { runnerCommands } from '../runner-commands.ts';

type Page = { cursor?: string; limit: number };
const id = (call: Call): string => call.params.source_id ?? '';
const enrollmentId = (call: Call): string => call.params.enrollment_id ?? '';
const reasonOf = (call: Call): string | null => (call.body as { reason?: string }).reason ?? null;

/** Runs a change and answers with the source as it is then. */
async function changed(call: Call, change: (ctx: CommandContext) => void): Promise<Answer> {
  return ok(
    await hostedOf(call).workspace.run((ctx) => {
      change(ctx);
      return sourceView(ctx.engine, findSource(ctx, id(call)));
    }),
  );
}

/** The one answer that carries a credential. */
function issued(call: Call, made: IssuedCredential): Answer {
  const { served } = call;
  const { bootstrap, host, publicUrl, isLoopbackOnly } = served;
  const target = {
    url: publicUrl,
    target: `--enrollment ${made.enrollmentId}`,
    planeKey: host.key.fingerprint,
    bootstrapSha256: bootstrap?.sha256 ?? null,
  };
  return {
    status: 201,
    json: {
      enrollment_id: made.enrollmentId,
      source_id: made.sourceId,
      credential: made.credential,
      expires_at: instantOf(host.clock.wallMs() + made.ttlMs),
      ttl_ms: made.ttlMs,
      fingerprint: made.sha256.slice(0, 8),
      loopback_only: isLoopbackOnly,
      commands: runnerCommands(target),
    },
    headers: { 'cache-control': 'no-store' },
  };
}

export const sourceHandlers = {
  sources: (call) =>
    readAnswer(call, ({ workspace }) =>
      listSourcesView(workspace.engine, call.query as z.output<typeof sourceListQuery>),
    ),
  source: (call) =>
    readAnswer(call, ({ workspace }) => sourceDetailView(workspace.engine, findSource(workspace.ctx, id(call)))),
  sourcePatch: (call) =>
    changed(call, (ctx) => {
      const { compute_class: pinnedClass, ...rest } = call.body as z.output<typeof sourcePatch>;
      const patch = pinnedClass === undefined ? rest : { ...rest, pinned_class: pinnedClass };
      patchSource(ctx, actorOf(call), id(call), patch);
    }),
  sourceCordon: (call) => changed(call, (ctx) => cordonSource(ctx, actorOf(call), id(call), reasonOf(call))),
  sourceDrain: (call) =>
    changed(call, (ctx) => {
      const { deadline_ms: deadlineMs } = call.body as z.output<typeof drainBody>;
      drainSource(ctx, actorOf(call), id(call), reasonOf(call), deadlineMs ?? null);
    }),
  sourceResume: (call) => changed(call, (ctx) => resumeSource(ctx, actorOf(call), id(call), reasonOf(call))),
  sourceRevoke: (call) => changed(call, (ctx) => revokeSource(ctx, actorOf(call), id(call), reasonOf(call))),
  enrollments: (call) => readAnswer(call, ({ workspace }) => listEnrollmentsView(workspace.engine, call.query as Page)),
  enrollment: (call) =>
    readAnswer(call, ({ workspace }) => {
      const found = workspace.engine.hot.enrollments.get(enrollmentId(call));
      return found === undefined ? null : enrollmentView(workspace.engine, found);
    }),
  enrollmentCreate: async (call) =>
    issued(
      call,
      await hostedOf(call).workspace.run((ctx) => enrollSource(ctx, actorOf(call), call.body as EnrollmentCreate)),
    ),
  enrollmentReissue: async (call) =>
    issued(
      call,
      await hostedOf(call).workspace.run((ctx) =>
        reissueCredential(ctx, actorOf(call), enrollmentId(call), reasonOf(call)),
      ),
    ),
  enrollmentBurn: async (call) =>
    ok(
      await hostedOf(call).workspace.run((ctx) => {
        burnCredential(ctx, actorOf(call), enrollmentId(call), reasonOf(call));
        const found = ctx.engine.hot.enrollments.get(enrollmentId(call));
        return found === undefined ? null : enrollmentView(ctx.engine, found);
      }),
    ),
} satisfies Record<string, Handler>;

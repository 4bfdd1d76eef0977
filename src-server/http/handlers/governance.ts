import type { z } from 'zod';
import type { leaseListQuery } from '../../contract/lease.ts';
import type { PolicyDraft, PolicyPut } from '../../contract/policy.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { WhatIfRequest } from '../../contract/what-if.ts';
import type { evidenceQuery, overviewQuery, settingsPatch } from '../../contract/workspace.ts';
import { changeSettings } from '../../plane/commands/change-settings.ts';
import { revokeLease } from '../../plane/commands/change-source.ts';
import type { CommandContext } from '../../plane/commands/context.ts';
import { setPaused, stopEverything } from '../../plane/commands/govern.ts';
import { publishPolicy } from '../../plane/commands/publish-policy.ts';
import { inTurns } from '../../plane/in-turns.ts';
import { evidenceItemView, evidenceListView } from '../../plane/views/evidence-view.ts';
import { leaseView, listLeasesView } from '../../plane/views/lease-view.ts';
import { overviewView } from '../../plane/views/overview-view.ts';
import { draftDiffView, policyDiffView, policyVersionsView, policyView } from '../../plane/views/policy-view.ts';
import { settingsView } from '../../plane/views/settings-view.ts';
import { whatIfSteps } from '../../plane/views/what-if-view.ts';
import { type Answer, actorOf, type Call, type Handler, hostedOf, ok, readAnswer } from '../call.ts';
import { stream } from '../stream.ts';

type Page = { cursor?: string; limit: number };
const reasonOf = (call: Call): string | null => (call.body as { reason?: string }).reason ?? null;

async function counted(call: Call, act: (ctx: CommandContext) => number): Promise<Answer> {
  return ok(
    await hostedOf(call).workspace.run((ctx) => {
      const canceled = act(ctx);
      return { seq: ctx.engine.nextSeq - 1, canceled, paused: ctx.engine.state.head.config.paused };
    }),
  );
}

const paused = (call: Call, isPaused: boolean): Promise<Answer> =>
  counted(call, (ctx) => {
    setPaused(ctx, actorOf(call), isPaused, reasonOf(call));
    return 0;
  });

/** Of a large fleet it takes seconds, in which other calls are answered. */
async function simulate(call: Call): Promise<Answer> {
  const { value: steps, seq } = await hostedOf(call).workspace.read((engine) => {
    const begun = whatIfSteps(engine, call.body as WhatIfRequest);
    begun.next();
    return begun;
  });
  return ok(await inTurns(steps, call.served.host), { 'cc-seq': String(seq) });
}

async function revoke(call: Call): Promise<Answer> {
  const leaseId = call.params.lease_id ?? '';
  return ok(
    await hostedOf(call).workspace.run((ctx) => {
      if (leaseView(ctx.engine, leaseId) === null)
        throw new ProblemError('not_found', `There is no lease ${leaseId} in this workspace.`);
      revokeLease(ctx, actorOf(call), leaseId, reasonOf(call) ?? `Revoked by ${actorOf(call).id}.`);
      return leaseView(ctx.engine, leaseId);
    }),
  );
}

export const governanceHandlers = {
  overview: (call) =>
    readAnswer(call, (hosted) =>
      overviewView(hosted, call.query as z.output<typeof overviewQuery>, call.served.host.anchorProblem),
    ),
  leases: (call) =>
    readAnswer(call, ({ workspace }) =>
      listLeasesView(workspace.engine, call.query as z.output<typeof leaseListQuery>),
    ),
  leaseRevoke: revoke,
  policy: (call) => readAnswer(call, ({ workspace }) => policyView(workspace.engine)),
  policyPut: async (call) =>
    ok(
      await hostedOf(call).workspace.run((ctx) => {
        publishPolicy(ctx, actorOf(call), call.body as PolicyPut);
        return policyView(ctx.engine);
      }),
    ),
  policyVersions: (call) =>
    readAnswer(call, ({ workspace }) => policyVersionsView(workspace.engine, call.query as Page)),
  policyDiff: (call) =>
    readAnswer(call, ({ workspace }) => {
      const { from, to } = call.query as { from: number; to: number };
      return policyDiffView(workspace.engine, from, to);
    }),
  policySimulate: simulate,
  policyDraftDiff: (call) =>
    readAnswer(call, ({ workspace }) => draftDiffView(workspace.engine, call.body as PolicyDraft)),
  evidence: (call) =>
    readAnswer(call, ({ workspace }) =>
      evidenceListView(workspace.engine, call.query as z.output<typeof evidenceQuery>),
    ),
  evidenceItem: (call) =>
    readAnswer(call, ({ workspace }) => {
      const seq = Number(call.params.seq);
      return /^\d{1,15}$/.test(call.params.seq ?? '') && seq < workspace.engine.nextSeq
        ? evidenceItemView(workspace.engine, seq)
        : null;
    }),
  pause: (call) => paused(call, true),
  resume: (call) => paused(call, false),
  stopEverything: (call) => counted(call, (ctx) => stopEverything(ctx, actorOf(call), reasonOf(call))),
  settings: (call) => readAnswer(call, ({ workspace }) => settingsView(workspace.engine)),
  settingsPatch: async (call) =>
    ok(
      await hostedOf(call).workspace.run((ctx) => {
        changeSettings(ctx, actorOf(call), call.body as z.output<typeof settingsPatch>);
        return settingsView(ctx.engine);
      }),
    ),
  stream,
} satisfies Record<string, Handler>;

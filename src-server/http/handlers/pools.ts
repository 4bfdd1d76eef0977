import type { z } from 'zod';
import type { PoolCreate, PoolPatch, poolTokenCreate, poolTokenRevoke } from '../../contract/pool.ts';
import {
  createPool,
  findPool,
  type IssuedPoolToken,
  issuePoolToken,
  patchPool,
  revokePoolToken,
} from '../../plane/commands/manage-pool.ts';
import { listPoolsView, poolDetailView, poolView } from '../../plane/views/pool-view.ts';
import { type Answer, actorOf, type Call, type Handler, hostedOf, ok, readAnswer } from '../call.ts';
import { runnerCommands } from '../runner-commands.ts';

const id = (call: Call): string => call.params.pool_id ?? '';

/** The one answer that carries a registration token. */
function issued(call: Call, made: IssuedPoolToken): Answer {
  const { bootstrap, host, publicUrl, isLoopbackOnly } = call.served;
  return {
    status: 201,
    json: {
      token: made.token,
      token_id: made.tokenId,
      pool_id: made.poolId,
      compute_class: made.computeClass,
      fingerprint: made.sha256.slice(0, 8),
      loopback_only: isLoopbackOnly,
      commands: runnerCommands({
        url: publicUrl,
        target: `--pool ${made.poolId}`,
        planeKey: host.key.fingerprint,
        bootstrapSha256: bootstrap?.sha256 ?? null,
      }),
    },
    headers: { 'cache-control': 'no-store' },
  };
}

export const poolHandlers = {
  pools: (call) =>
    readAnswer(call, ({ workspace }) => listPoolsView(workspace.ctx, call.query as { cursor?: string; limit: number })),
  poolCreate: async (call) => ({
    status: 201,
    json: await hostedOf(call).workspace.run((ctx) =>
      poolView(ctx, createPool(ctx, actorOf(call), call.body as PoolCreate)),
    ),
  }),
  pool: (call) => readAnswer(call, ({ workspace }) => poolDetailView(workspace.ctx, findPool(workspace.ctx, id(call)))),
  poolPatch: async (call) =>
    ok(
      await hostedOf(call).workspace.run((ctx) =>
        poolDetailView(ctx, patchPool(ctx, actorOf(call), id(call), call.body as PoolPatch)),
      ),
    ),
  poolTokenCreate: async (call) => {
    const { compute_class: computeClass } = call.body as z.output<typeof poolTokenCreate>;
    return issued(
      call,
      await hostedOf(call).workspace.run((ctx) => issuePoolToken(ctx, actorOf(call), id(call), computeClass)),
    );
  },
  poolTokenRevoke: async (call) => {
    const { reason, end_sessions: endSessions } = call.body as z.output<typeof poolTokenRevoke>;
    const tokenId = call.params.token_id ?? '';
    return ok(
      await hostedOf(call).workspace.run((ctx) =>
        poolDetailView(ctx, revokePoolToken(ctx, actorOf(call), id(call), tokenId, reason ?? null, endSessions)),
      ),
    );
  },
} satisfies Record<string, Handler>;

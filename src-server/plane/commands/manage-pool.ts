import { createHash } from 'node:crypto';
import { POOL_TOKENS_MAX } from '../../contract/limits.ts';
import type { PoolCreate, PoolPatch } from '../../contract/pool.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { ComputeClass } from '../../contract/terms.ts';
import { makeCredential } from '../../domain/credentials/format.ts';
import type { HotPool, HotPoolToken } from '../hot/pool.ts';
import type { HotSource } from '../hot/source.ts';
import { patchSource } from './change-source.ts';
import type { Actor, CommandContext } from './context.ts';
import { endPoolSession } from './end-session.ts';
import { requireFreeName } from './enroll-source.ts';

/** A source that is a pool. */
export type PoolSource = HotSource & { pool: HotPool };

/** @throws ProblemError `not_found`. */
export function findPool(ctx: CommandContext, poolId: string): PoolSource {
  for (const source of ctx.engine.hot.fleet.sources.values())
    if (source.pool?.poolId === poolId) return source as PoolSource;
  throw new ProblemError('not_found', `There is no pool ${poolId} in this workspace.`);
}

/** Registers a pool: one source whose runners come by registration token. @throws ProblemError `conflict.source_name`. */
export function createPool(ctx: CommandContext, actor: Actor, request: PoolCreate): PoolSource {
  const { engine } = ctx;
  requireFreeName(ctx, request.name, 'Choose another name, or make a token for the pool that is there.');
  const sourceId = engine.ids.make('source');
  engine.emit(
    actor,
    [
      {
        type: 'source.enrolled',
        body: {
          source_id: sourceId,
          name: request.name,
          kind: request.side === 'managed' ? 'managed_pool' : request.kind,
          side: request.side,
          capacity: request.capacity,
          labels: request.labels,
          pinned_class: null,
          pool: { pool_id: engine.ids.make('pool'), compute_classes: request.compute_classes },
        },
      },
    ],
    { source: sourceId },
  );
  return engine.hot.fleet.source(sourceId) as PoolSource;
}

/**
 * Changes what a pool is. Runners that are there keep the class they came with; further ones come as the pool is now.
 * @throws ProblemError as `patchSource`.
 */
export function patchPool(ctx: CommandContext, actor: Actor, poolId: string, patch: PoolPatch): PoolSource {
  const source = findPool(ctx, poolId);
  const { compute_classes: classes, ...rest } = patch;
  patchSource(ctx, actor, source.sourceId, { ...rest, ...(classes === undefined ? {} : { pool_classes: classes }) });
  return source;
}

/** The only value that ever holds a registration token; it goes into one answer and nowhere else. */
export interface IssuedPoolToken {
  tokenId: string;
  poolId: string;
  token: string;
  sha256: string;
  computeClass: ComputeClass | null;
}

/**
 * Makes a registration token of a pool, for one class or for all of them.
 * @throws ProblemError `conflict.state` for a revoked pool or too many tokens, `field.invalid` for a class that is not the pool's.
 */
export function issuePoolToken(
  ctx: CommandContext,
  actor: Actor,
  poolId: string,
  computeClass: ComputeClass | null,
): IssuedPoolToken {
  const { engine } = ctx;
  const source = findPool(ctx, poolId);
  if (source.revoked !== null)
    throw new ProblemError('conflict.state', `The pool ${source.name} was revoked for good. Register a new one.`);
  if (computeClass !== null && !source.pool.classes.includes(computeClass))
    throw new ProblemError('field.invalid', `The pool ${source.name} takes ${source.pool.classes.join(', ')}.`, {
      errors: [{ pointer: '/compute_class', message: 'is not a class of this pool' }],
    });
  if (tokensOf(ctx, source).filter((t) => t.revokedAt === null).length >= POOL_TOKENS_MAX)
    throw new ProblemError(
      'conflict.state',
      `${source.name} has ${POOL_TOKENS_MAX} tokens in force. Revoke one first.`,
    );
  const tokenId = engine.ids.make('poolToken');
  const token = makeCredential('ccp', () => engine.random.integer(62));
  const sha256 = createHash('sha256').update(token).digest('hex');
  engine.emit(
    actor,
    [
      {
        type: 'credential.pool_token_issued',
        body: { token_id: tokenId, source_id: source.sourceId, compute_class: computeClass, token_sha256: sha256 },
      },
    ],
    { source: source.sourceId },
  );
  return { tokenId, poolId, token, sha256, computeClass };
}

/** Tokens of a pool, newest first. */
export const tokensOf = (ctx: CommandContext, source: HotSource): HotPoolToken[] =>
  [...ctx.engine.hot.poolTokens.values()].filter((t) => t.sourceId === source.sourceId).reverse();

/**
 * A token registers nobody from here on. Runners that came with it live on, unless they are to end as well.
 * @throws ProblemError `not_found`; `conflict.state` when it was revoked and nothing is left to end.
 */
export function revokePoolToken(
  ctx: CommandContext,
  actor: Actor,
  poolId: string,
  tokenId: string,
  reason: string | null,
  endSessions: boolean,
): PoolSource {
  const source = findPool(ctx, poolId);
  const token = ctx.engine.hot.poolTokens.get(tokenId);
  if (token === undefined || token.sourceId !== source.sourceId)
    throw new ProblemError('not_found', `There is no token ${tokenId} of ${source.name}.`);
  if (token.revokedAt !== null && !endSessions)
    throw new ProblemError('conflict.state', 'This token was revoked already.');
  if (token.revokedAt === null)
    ctx.engine.emit(
      actor,
      [{ type: 'credential.pool_token_revoked', body: { token_id: tokenId, source_id: source.sourceId, reason } }],
      { source: source.sourceId },
    );
  if (endSessions)
    for (const [sessionId, seat] of [...source.pool.seats])
      if (seat.seat?.tokenId === tokenId)
        endPoolSession(ctx, actor, sessionId, reason ?? 'its registration token was revoked');
  return source;
}

import { revokeApiKey } from '../sdk/api-keys.ts';
import type { Actor, CommandContext } from './context.ts';
import { burnCredential } from './enroll-source.ts';
import { type PoolSource, revokePoolToken } from './manage-pool.ts';

/**
 * Burns whatever secret of this workspace has this digest, if it is alive: an unused credential, the registration token of a
 * pool (runners that came with it live on: their own keys were not seen), or an API key.
 * @returns whether there was one.
 */
export function burnByDigest(ctx: CommandContext, actor: Actor, sha256: string, reason: string): boolean {
  const { enrollments, enrollmentByHash, poolTokens, poolTokenByHash, sdk, fleet } = ctx.engine.hot;
  const enrollment = enrollments.get(enrollmentByHash.get(sha256) ?? '');
  if (enrollment?.state === 'issued') {
    burnCredential(ctx, actor, enrollment.enrollmentId, reason);
    return true;
  }
  const token = poolTokens.get(poolTokenByHash.get(sha256) ?? '');
  if (token?.revokedAt === null) {
    const { pool } = fleet.source(token.sourceId) as PoolSource;
    revokePoolToken(ctx, actor, pool.poolId, token.tokenId, reason, false);
    return true;
  }
  const key = sdk.keys.get(sdk.keyByHash.get(sha256) ?? '');
  if (key?.revokedAt !== null) return false;
  revokeApiKey(ctx, actor, key.prefix, reason);
  return true;
}

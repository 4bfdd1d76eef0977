import { createHash } from 'node:crypto';
import { burnByDigest } from '../plane/commands/burn-seen.ts';
import type { Actor } from '../plane/commands/context.ts';
import type { Host } from '../plane/host.ts';

/** A credential or token in a place where none belongs; at most this many of one address are looked at. */
const SHAPE = /(?:cc[eop]|lf)_[0-9A-Za-z]{38}/g;
const MARKS = ['cce_', 'cco_', 'ccp_', 'lf_'] as const;
const SEEN_LIMIT = 4;

/**
 * Burns what somebody saw by its digest, if it is alive: an unused credential, a pool's registration token, an API key, or
 * the token of an operator. A session's token dies by itself, and a redeemed credential is worth nothing any more.
 * @returns whether something was burned.
 */
export async function burnSeen(host: Host, sha256: string, actor: Actor, reason: string): Promise<boolean> {
  for (const { workspace } of host.workspaces()) {
    if (await workspace.run((ctx) => burnByDigest(ctx, actor, sha256, reason))) return true;
  }
  const operator = host.operators.all().find((each) => each.tokenSha256 === sha256 && each.revokedAt === null);
  if (operator === undefined) return false;
  await host.operators.revoke(actor.id, operator.operatorId);
  return true;
}

/** Cheap, because every request is asked. */
export const holdsCredential = (url: string): boolean => MARKS.some((mark) => url.includes(mark));

/** A credential in an address stands in histories and logs of whatever is in between: it is burned, the request refused as ever. */
export async function burnInAddress(host: Host, url: string): Promise<void> {
  const digests = (url.match(SHAPE) ?? []).slice(0, SEEN_LIMIT);
  for (const found of digests) {
    const sha256 = createHash('sha256').update(found).digest('hex');
    await burnSeen(host, sha256, { kind: 'plane', id: 'plane' }, 'It reached the plane in an address.');
  }
}

import { createHash } from 'node:crypto';
import { ProblemError } from '../../contract/problems.ts';
import { makeCredential } from '../../domain/credentials/format.ts';
import type { Actor, CommandContext } from '../commands/context.ts';
import type { HotApiKey } from '../hot/sdk.ts';

/** `lf_` and the first characters of the key: enough to find it in a list, too little to use. */
const PREFIX_CHARS = 11;

/** Makes a key of the workspace for SDK clients. The key goes into one answer and nowhere else. */
export function issueApiKey(ctx: CommandContext, actor: Actor): { api_key: string; prefix: string } {
  const { engine } = ctx;
  let key = '';
  do {
    key = makeCredential('lf', () => engine.random.integer(62));
  } while (engine.hot.sdk.keys.has(key.slice(0, PREFIX_CHARS)));
  const prefix = key.slice(0, PREFIX_CHARS);
  const sha256 = createHash('sha256').update(key).digest('hex');
  engine.emit(actor, [{ type: 'key.api_issued', body: { prefix, key_sha256: sha256 } }]);
  return { api_key: key, prefix };
}

/** A key opens nothing from here on. @throws ProblemError `not_found`, `conflict.state`. */
export function revokeApiKey(ctx: CommandContext, actor: Actor, prefix: string, reason: string | null): HotApiKey {
  const key = ctx.engine.hot.sdk.keys.get(prefix);
  if (key === undefined) throw new ProblemError('not_found', `There is no API key ${prefix} in this workspace.`);
  if (key.revokedAt !== null) throw new ProblemError('conflict.state', 'This API key was revoked already.');
  ctx.engine.emit(actor, [{ type: 'key.api_revoked', body: { prefix, reason } }]);
  return key;
}

export const apiKeyView = (key: HotApiKey) => ({
  prefix: key.prefix,
  created_at: key.createdAt,
  created_by: key.createdBy,
  revoked_at: key.revokedAt,
});

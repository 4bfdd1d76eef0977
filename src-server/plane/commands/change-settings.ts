import type { Actor, CommandContext } from './context.ts';

/** Name and lease time of the workspace. A new lease time counts from the next grant on. */
export function changeSettings(
  ctx: CommandContext,
  actor: Actor,
  change: { name?: string | undefined; lease_ttl_ms?: number | undefined },
): void {
  const { config } = ctx.engine.state.head;
  const body = {
    ...(change.name === undefined || change.name === config.name ? {} : { name: change.name }),
    ...(change.lease_ttl_ms === undefined || change.lease_ttl_ms === config.leaseTtlMs
      ? {}
      : { lease_ttl_ms: change.lease_ttl_ms }),
  };
  if (Object.keys(body).length > 0) ctx.engine.emit(actor, [{ type: 'config.changed', body }]);
}

import { ProblemError } from '../../contract/problems.ts';
import { isTimeZone } from '../../domain/budgets/windows.ts';
import type { Actor, CommandContext } from './context.ts';

/**
 * Settings of the workspace. A new lease time counts from the next grant on, a new time zone from the end of each budget
 * window that is open, a new price of a CU from the next settlement.
 * @throws ProblemError `field.invalid` for a time zone that this platform does not know.
 */
export function changeSettings(
  ctx: CommandContext,
  actor: Actor,
  change: {
    name?: string | undefined;
    lease_ttl_ms?: number | undefined;
    time_zone?: string | undefined;
    usd_micros_per_cu?: number | undefined;
  },
): void {
  const { name, leaseTtlMs, timeZone, usdMicrosPerCu } = ctx.engine.state.head.config;
  if (change.time_zone !== undefined && !isTimeZone(change.time_zone))
    throw new ProblemError('field.invalid', 'Name a time zone of the IANA database, such as Europe/Berlin.', {
      errors: [{ pointer: '/time_zone', message: 'is not a known time zone' }],
    });
  const now: typeof change = {
    name,
    lease_ttl_ms: leaseTtlMs,
    time_zone: timeZone,
    usd_micros_per_cu: usdMicrosPerCu,
  };
  const body = Object.fromEntries(
    Object.entries(change).filter(([key, value]) => value !== undefined && value !== now[key as keyof typeof now]),
  );
  if (Object.keys(body).length > 0) ctx.engine.emit(actor, [{ type: 'config.changed', body }]);
}

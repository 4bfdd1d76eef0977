import type { PlaneEvent } from '../../contract/events.ts';
import type { Actor, CommandContext } from './context.ts';

/** Events of one size that fit into an entry of 64 KiB with room to spare. */
const EVENTS_PER_ENTRY = 100;

/** One outcome that concerns every runner of a source: the first entry says it, a large pool's runners follow in more. */
export function emitMany(
  ctx: CommandContext,
  actor: Actor,
  first: readonly PlaneEvent[],
  each: readonly PlaneEvent[],
  sourceId: string,
): void {
  const ref = { source: sourceId };
  ctx.engine.emit(actor, [...first, ...each.slice(0, EVENTS_PER_ENTRY)], ref);
  for (let at = EVENTS_PER_ENTRY; at < each.length; at += EVENTS_PER_ENTRY)
    ctx.engine.emit(actor, each.slice(at, at + EVENTS_PER_ENTRY), ref);
}

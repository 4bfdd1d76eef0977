import type { Posture } from '../../contract/source.ts';
import type { HotSource } from '../hot/source.ts';
import type { CommandContext } from './context.ts';
import { seatBody } from './register-session.ts';

/** What a source can enforce has changed; routing sees it from here on. No effect when it is the same. */
export function changePosture(ctx: CommandContext, source: HotSource, posture: Posture): void {
  if (JSON.stringify(posture) === JSON.stringify(source.posture)) return;
  if (source.seat !== null) {
    changeSeatPosture(ctx, source, posture);
    return;
  }
  ctx.engine.emit(
    { kind: 'runner', id: source.sessionId ?? source.sourceId },
    [{ type: 'source.changed', body: { source_id: source.sourceId, posture } }],
    {
      source: source.sourceId,
    },
  );
}

/** A runner of a pool registers anew with what it can enforce now: the posture is its own, not the pool's. */
function changeSeatPosture(ctx: CommandContext, seat: HotSource, posture: Posture): void {
  const session = ctx.engine.hot.fleet.sessions.get(seat.sessionId ?? '');
  if (session === undefined) return;
  ctx.engine.emit(
    { kind: 'runner', id: session.sessionId },
    [
      {
        type: 'session.registered',
        body: {
          session_id: session.sessionId,
          source_id: seat.sourceId,
          public_key: session.publicKey,
          compute_class: seat.ownClass ?? 'cpu-small',
          posture,
          facts: session.facts,
          capacity: seat.offered,
          ...seatBody(seat),
        },
      },
    ],
    { source: seat.sourceId },
  );
}

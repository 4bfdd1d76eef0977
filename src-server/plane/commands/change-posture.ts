import type { Posture } from '../../contract/source.ts';
import type { HotSource } from '../hot/source.ts';
import type { CommandContext } from './context.ts';

/** What a source can enforce has changed; routing sees it from here on. No effect when it is the same. */
export function changePosture(ctx: CommandContext, source: HotSource, posture: Posture): void {
  if (JSON.stringify(posture) === JSON.stringify(source.posture)) return;
  ctx.engine.emit(
    { kind: 'runner', id: source.sessionId ?? source.sourceId },
    [{ type: 'source.changed', body: { source_id: source.sourceId, posture } }],
    {
      source: source.sourceId,
    },
  );
}

import type { PlaneEvent } from '../../contract/events.ts';
import { ProblemError } from '../../contract/problems.ts';
import { SDK_ITEM_LIMIT_BYTES } from '../../contract/sdk.ts';
import type { CommandContext } from '../commands/context.ts';
import { keyActor } from './sessions.ts';

type Received = 'sdk.events_received' | 'sdk.evidence_received' | 'sdk.telemetry_received';
/** Bytes of items in one entry of 64 KiB: a text inside JSON can need twice its length. */
const ENTRY_ITEMS_BYTES = 24 * 1024;

/**
 * Takes what an SDK client sent into the log, item by item and as JSON text, since an entry holds no fractions. All of it or
 * nothing: one item that cannot be kept refuses the call.
 * @returns how many were kept, always as many as came.
 * @throws ProblemError `field.invalid` with the item's pointer.
 */
export function takeItems(
  ctx: CommandContext,
  prefix: string,
  type: Received,
  field: string,
  items: readonly unknown[],
): number {
  const texts = items.map((item) => JSON.stringify(item));
  const tooLarge = texts.findIndex((text) => Buffer.byteLength(text) > SDK_ITEM_LIMIT_BYTES);
  if (tooLarge >= 0)
    throw new ProblemError(
      'field.invalid',
      `Send item ${tooLarge} in parts: one may have 16 KiB. Nothing was recorded.`,
      {
        errors: [{ pointer: `/${field}/${tooLarge}`, message: 'is over 16 KiB' }],
      },
    );
  let batch: string[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (batch.length > 0)
      ctx.engine.emit(keyActor(prefix), [
        { type, body: { key_prefix: prefix, field, count: batch.length, items: batch } } as PlaneEvent,
      ]);
    batch = [];
    bytes = 0;
  };
  for (const text of texts) {
    const size = Buffer.byteLength(JSON.stringify(text));
    if (bytes + size > ENTRY_ITEMS_BYTES) flush();
    batch.push(text);
    bytes += size;
  }
  flush();
  return items.length;
}

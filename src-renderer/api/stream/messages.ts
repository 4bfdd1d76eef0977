import { type StreamChange, type StreamPulse, streamChange, streamPulse } from '../../../src-server/contract/stream.ts';
import type { ConnectionState } from '../../stores/connection.ts';

/**
 * What the one stream of the browser says, as it travels to the other tabs: an event as its text, which costs the tab that
 * reads next to nothing to hand on.
 */
export type StreamWord =
  | { kind: 'event'; event: string | undefined; data: string }
  | { kind: 'state'; state: ConnectionState };

/** The same, read. */
export type StreamMessage =
  | { kind: 'change'; change: StreamChange }
  | { kind: 'pulse'; pulse: StreamPulse }
  | { kind: 'reset' }
  | { kind: 'state'; state: ConnectionState };

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Reads one event; an unknown or unreadable one is null, and whoever reads a change that fails must fetch again. */
export const toMessage = (event: string | undefined, data: string): StreamMessage | null => {
  if (event === 'reset') return { kind: 'reset' };
  const document = parseJson(data);
  if (event === 'change') {
    const parsed = streamChange.safeParse(document);
    return parsed.success ? { kind: 'change', change: parsed.data } : { kind: 'reset' };
  }
  if (event === 'pulse') {
    const parsed = streamPulse.safeParse(document);
    return parsed.success ? { kind: 'pulse', pulse: parsed.data } : null;
  }
  return null;
};

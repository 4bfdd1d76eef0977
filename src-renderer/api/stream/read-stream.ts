import { EventSourceParserStream } from 'eventsource-parser/stream';
import { ROUTES } from '../../../src-server/contract/routes.ts';
import { after, sleep } from '../../stores/clock.ts';
import { addressOf } from '../client.ts';
import { sessionHeaders } from '../session-key.ts';
import type { StreamWord } from './messages.ts';

/** The plane sends a comment every 15 s; silence beyond this is a dead connection. */
const SILENCE_MS = 40_000;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_CAP_MS = 10_000;

/** Wait before the n-th try in a row (from 1): 0.5 s, doubled, at most 10 s. */
export const backoffMs = (failures: number): number =>
  Math.min(BACKOFF_CAP_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, failures - 1));

interface Position {
  /** Undefined before anything was heard of the workspace. */
  after: number | undefined;
}

/** Reads one connection to its end. Resolves with whether it was ever open; `position` follows the last id. */
const readOnce = async (
  workspaceId: string,
  position: Position,
  signal: AbortSignal,
  emit: (word: StreamWord) => void,
): Promise<'ended' | 'refused' | 'signed_out'> => {
  const guard = new AbortController();
  const abort = () => guard.abort();
  signal.addEventListener('abort', abort);
  let cancelSilence = after(SILENCE_MS, abort);
  const alive = () => {
    cancelSilence();
    cancelSilence = after(SILENCE_MS, abort);
  };
  try {
    const url = addressOf(ROUTES.stream.path, { workspace_id: workspaceId }, { after: position.after });
    const response = await fetch(url, {
      headers: { Accept: 'text/event-stream', ...sessionHeaders() },
      credentials: 'same-origin',
      signal: guard.signal,
    });
    if (response.status === 401) return 'signed_out';
    if (!response.ok || response.body === null) return 'refused';
    emit({ kind: 'state', state: 'live' });
    if (position.after === undefined) {
      const seq = response.headers.get('CC-Seq');
      if (seq !== null) position.after = Number(seq);
      emit({ kind: 'event', event: 'reset', data: '' });
    }
    const heartbeat = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        alive();
        controller.enqueue(chunk);
      },
    });
    const events = response.body
      .pipeThrough(heartbeat)
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    const reader = events.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'ended';
      if (value.id !== undefined && /^\d+$/.test(value.id)) position.after = Number(value.id);
      if (value.event === 'reset') {
        const seq = /"seq":\s*(\d+)/.exec(value.data)?.[1];
        if (seq !== undefined) position.after = Number(seq);
      }
      emit({ kind: 'event', event: value.event, data: value.data });
    }
  } catch {
    return signal.aborted ? 'ended' : 'refused';
  } finally {
    cancelSilence();
    signal.removeEventListener('abort', abort);
  }
};

/** Keeps the stream open until `signal` aborts: resumes at the last id, backs off while the plane does not answer. */
export const keepStream = async (
  workspaceId: string,
  startAfter: number | undefined,
  signal: AbortSignal,
  emit: (word: StreamWord) => void,
): Promise<void> => {
  const position: Position = { after: startAfter };
  let failures = 0;
  while (!signal.aborted) {
    const end = await readOnce(workspaceId, position, signal, emit);
    if (signal.aborted) return;
    if (end === 'signed_out') {
      emit({ kind: 'state', state: 'signed_out' });
      return;
    }
    failures = end === 'ended' ? 1 : failures + 1;
    emit({ kind: 'state', state: 'reconnecting' });
    await sleep(backoffMs(failures), signal);
  }
};

import { STREAM_COMMENT_MS, STREAM_PULSE_MS } from '../contract/limits.ts';
import type { Change } from '../plane/change-feed.ts';
import { changeRows, pulseView } from '../plane/views/stream-view.ts';
import { type Answer, type Call, hostedOf } from './call.ts';

/** Bytes that may wait for a slow reader; past them it is cut and resumes by id. */
const BACKLOG_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Server-sent events of a workspace: `change` for every entry with the rows it touched, `pulse` for what is volatile,
 * `reset` when the reader has to fetch again. Resumes after `Last-Event-ID` or `?after=`.
 */
export async function stream(call: Call): Promise<Answer> {
  const { workspace } = hostedOf(call);
  const { engine, feed } = workspace;
  const { response } = call;
  const { timers } = call.served.host;
  // Told to the reader, and where it starts without a wish of its own: what is staged and not yet on disk comes later.
  const seenSeq = engine.commit.durableSeq - 1;
  const lastId = call.request.headers['last-event-id'];
  const wished =
    typeof lastId === 'string' && /^\d{1,15}$/.test(lastId)
      ? Number(lastId)
      : ((call.query as { after?: number }).after ?? seenSeq);
  // Who knows more than there is saw entries that are gone: an older copy goes on, or a demo stepped back.
  const isAhead = wished > seenSeq;
  const after = isAhead ? seenSeq : wished;
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'cc-seq': String(seenSeq),
  });
  const cut = (): void => void response.destroy();
  const send = (text: string): void => {
    if (!response.write(text) && response.writableLength > BACKLOG_LIMIT_BYTES) cut();
  };
  const tell = (change: Change): void =>
    send(
      `event: change\nid: ${change.seq}\ndata: ${JSON.stringify({ seq: change.seq, at: change.at, types: change.types, ref: change.ref, rows: changeRows(engine, change) })}\n\n`,
    );
  const reset = (): void => send(`event: reset\ndata: ${JSON.stringify({ seq: engine.commit.durableSeq - 1 })}\n\n`);
  const missed = feed.after(after);
  if (missed === null || isAhead) reset();
  else for (const change of missed) tell(change);
  const stopListening = feed.listen((change) => {
    if (change === 'close') response.end();
    else if (change === 'reset') reset();
    else if (change.seq > after) tell(change);
  });
  let pulsedMs = engine.clock.monoMs();
  const stopPulse = timers.every(STREAM_PULSE_MS, () => {
    const pulse = pulseView(engine, pulsedMs);
    pulsedMs = engine.clock.monoMs();
    if (Object.keys(pulse.leases).length + Object.keys(pulse.sources).length > 0)
      send(`event: pulse\ndata: ${JSON.stringify(pulse)}\n\n`);
  });
  const stopComments = timers.every(STREAM_COMMENT_MS, () => send(': still here\n\n'));
  send(': open\n\n');
  response.once('close', () => {
    stopListening();
    stopPulse();
    stopComments();
  });
  return 'handled';
}

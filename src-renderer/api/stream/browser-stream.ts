import { sleep } from '../../stores/clock.ts';
import { firstSeq } from '../seqs.ts';
import { type StreamMessage, type StreamWord, toMessage } from './messages.ts';
import { hasMissed } from './missed-changes.ts';
import { keepStream } from './read-stream.ts';

/** How long the first answer may take; without one the stream opens at the plane's own position. */
const FIRST_ANSWER_MS = 4_000;

/** What tabs say to each other besides the words of the stream: here I am, and how far all others were told. */
type Greeting = { kind: 'hello' } | { kind: 'told'; seq: number };

const channelName = (workspaceId: string) => `cc-stream-${workspaceId}`;

/**
 * One stream per browser and workspace: the tab that holds the lock reads it and tells the others over a channel.
 * A tab that comes later is told how far the others are, and asks for everything again where its first answer is older.
 * Where the browser has no locks the tab reads its own stream.
 * @returns stops listening, and gives the lock to another tab.
 */
export const openBrowserStream = (workspaceId: string, receive: (message: StreamMessage) => void): (() => void) => {
  const stop = new AbortController();
  const channel = new BroadcastChannel(channelName(workspaceId));
  let isLeader = false;
  /** Newest entry this tab heard of, from whichever tab: where it goes on when it becomes the leader. */
  let lastSeq = 0;
  let firstHeard: number | null = null;
  let isCaughtUp = false;
  const take = (word: StreamWord) => {
    const message = word.kind === 'state' ? word : toMessage(word.event, word.data);
    if (message === null) return;
    if (message.kind === 'change') {
      lastSeq = message.change.seq;
      firstHeard ??= lastSeq;
    }
    receive(message);
  };
  const catchUp = async (toldSeq: number) => {
    if (isCaughtUp) return;
    isCaughtUp = true;
    if (hasMissed(await firstSeq(workspaceId), firstHeard, toldSeq)) receive({ kind: 'reset' });
  };
  let lastState: StreamWord = { kind: 'state', state: 'connecting' };
  channel.onmessage = ({ data }: MessageEvent<StreamWord | Greeting>) => {
    // A new tab asks for the state of the connection, which it would else learn at its next change only.
    if (data.kind === 'hello') {
      if (!isLeader) return;
      channel.postMessage(lastState);
      channel.postMessage({ kind: 'told', seq: lastSeq });
    } else if (data.kind === 'told') void catchUp(data.seq);
    else take(data);
  };
  channel.postMessage({ kind: 'hello' });
  const lead = async () => {
    const first = await Promise.race([firstSeq(workspaceId), sleep(FIRST_ANSWER_MS, stop.signal)]);
    // No plane answered yet, so nothing on screen has a position: once one does, everything is fetched afresh.
    const start = first === undefined && lastSeq === 0 ? undefined : Math.max(first ?? 0, lastSeq);
    isLeader = true;
    await keepStream(workspaceId, start, stop.signal, (word) => {
      if (word.kind === 'state') lastState = word;
      channel.postMessage(word);
      take(word);
    });
  };
  const locks = globalThis.navigator.locks;
  if (locks === undefined) void lead();
  else {
    locks.request(channelName(workspaceId), { signal: stop.signal }, lead).catch(() => {
      // The request was withdrawn because the page left the workspace; there is nothing to mend.
    });
  }
  return () => {
    stop.abort();
    channel.close();
  };
};

import { firstSeq } from '../seqs.ts';
import type { StreamMessage } from './messages.ts';
import { keepStream } from './read-stream.ts';

const channelName = (workspaceId: string) => `cc-stream-${workspaceId}`;

/**
 * One stream per browser and workspace: the tab that holds the lock reads it and tells the others over a channel.
 * A tab listens to the channel before its first answer arrives, so that it misses nothing after it.
 * Where the browser has no locks the tab reads its own stream.
 * @returns stops listening, and gives the lock to another tab.
 */
export const openBrowserStream = (workspaceId: string, receive: (message: StreamMessage) => void): (() => void) => {
  const stop = new AbortController();
  const channel = new BroadcastChannel(channelName(workspaceId));
  let isLeader = false;
  /** Newest entry this tab heard of, from whichever tab: where it goes on when it becomes the leader. */
  let lastSeq = 0;
  const take = (message: StreamMessage) => {
    if (message.kind === 'change') lastSeq = message.change.seq;
    receive(message);
  };
  let lastState: StreamMessage = { kind: 'state', state: 'connecting' };
  channel.onmessage = ({ data }: MessageEvent<StreamMessage | { kind: 'hello' }>) => {
    // A new tab asks for the state of the connection, which it would else learn at its next change only.
    if (data.kind === 'hello') {
      if (isLeader) channel.postMessage(lastState);
    } else take(data);
  };
  channel.postMessage({ kind: 'hello' });
  const lead = async () => {
    const start = Math.max(await firstSeq(workspaceId), lastSeq);
    isLeader = true;
    await keepStream(workspaceId, start, stop.signal, (message) => {
      if (message.kind === 'state') lastState = message;
      channel.postMessage(message);
      take(message);
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

import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { StreamChange } from '../../../src-server/contract/stream.ts';
import { after, now } from '../../stores/clock.ts';
import { useConnection } from '../../stores/connection.ts';
import { keys } from '../keys.ts';
import { forgetFirstSeq } from '../seqs.ts';
import { notePulse } from '../volatile.ts';
import { applyChanges } from './apply-changes.ts';
import { openBrowserStream } from './browser-stream.ts';
import { followAnswers } from './follow-answers.ts';
import { isLongList, shortenLists } from './long-lists.ts';
import type { StreamMessage } from './messages.ts';
import { createRefresher } from './refresher.ts';
import { renew } from './renew.ts';

/** Changes are laid over the screen together, at most this often: a storm of them must not keep it from input. */
const GATHER_MS = 100;

/** Keeps every cached answer of the workspace up to date while the board is on screen. */
export const useStream = (workspaceId: string): void => {
  const client = useQueryClient();
  useEffect(() => {
    const refresher = createRefresher((queryKey) => renew(client, queryKey), { now, after });
    const answers = followAnswers(client, workspaceId, refresher);
    const { heard, become, restart } = useConnection.getState();
    restart(now());
    let wasLost = false;
    let gathered: StreamChange[] = [];
    let cancelFlush: (() => void) | null = null;
    const flush = () => {
      const changes = gathered;
      gathered = [];
      cancelFlush = null;
      answers.note(changes);
      applyChanges(client, workspaceId, changes, refresher);
    };
    const receive = (message: StreamMessage) => {
      if (message.kind === 'state') {
        become(message.state, now());
        // Volatile figures are not replayed by the stream, so a regained connection asks for the aggregates again, and
        // for whatever failed meanwhile. A long list goes on by the rows that the stream brings.
        if (message.state === 'live' && wasLost) {
          void client.invalidateQueries({
            predicate: (query) =>
              query.state.status === 'error' ||
              (query.queryKey[0] === 'ws' && query.queryKey[1] === workspaceId && !isLongList(query)),
          });
        }
        wasLost = message.state === 'reconnecting';
        return;
      }
      heard(now());
      if (message.kind === 'change') {
        gathered.push(message.change);
        cancelFlush ??= after(GATHER_MS, flush);
      } else if (message.kind === 'pulse') notePulse(message.pulse);
      else {
        shortenLists(client, workspaceId);
        void client.invalidateQueries({ queryKey: keys.workspace(workspaceId) });
      }
    };
    const close = openBrowserStream(workspaceId, receive);
    return () => {
      close();
      cancelFlush?.();
      answers.stop();
      refresher.stop();
      forgetFirstSeq(workspaceId);
      // Nobody follows these answers any more; whoever comes back fetches afresh.
      after(0, () => client.removeQueries({ queryKey: keys.workspace(workspaceId), type: 'inactive' }));
    };
  }, [client, workspaceId]);
};

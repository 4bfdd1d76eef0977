import { useEffect, useRef, useState } from 'react';
import { type ChainFault, checkLog } from '../../api/check-chain.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { now } from '../../stores/clock.ts';

export type ChainCheck =
  | { state: 'waiting' }
  | { state: 'checking'; checked: number; total: number }
  | { state: 'whole'; entries: number; at: number; tookMs: number }
  | { state: 'broken'; fault: ChainFault; at: number }
  | { state: 'unable'; error: Error | null };

/** Up to here the log is checked at once when the screen opens; a longer one when asked. */
const AT_ONCE_MAX = 5_000;

/** Checks the whole log in this browser: each entry's hash, each link, no gap. */
export const useChainCheck = (head: number | null) => {
  const ws = useWorkspaceId();
  const [check, setCheck] = useState<ChainCheck>({ state: 'waiting' });
  const running = useRef<AbortController | null>(null);
  const run = () => {
    if (head === null) return;
    // Only secure contexts (loopback, https, the desktop app) can hash; elsewhere nothing is claimed.
    if (crypto.subtle === undefined) {
      setCheck({ state: 'unable', error: null });
      return;
    }
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    const startedAt = now();
    const total = head + 1;
    setCheck({ state: 'checking', checked: 0, total });
    void checkLog(ws, head, (checked) => setCheck({ state: 'checking', checked, total }), control.signal)
      .then((fault) =>
        setCheck(
          fault === null
            ? { state: 'whole', entries: total, at: now(), tookMs: now() - startedAt }
            : { state: 'broken', fault, at: now() },
        ),
      )
      .catch((error: unknown) => {
        if (!control.signal.aborted) setCheck({ state: 'unable', error: error instanceof Error ? error : null });
      });
  };
  const isReady = head !== null;
  const isShort = head !== null && head < AT_ONCE_MAX;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once when the log is known, not at each entry
  useEffect(() => {
    if (isReady && isShort) run();
    return () => running.current?.abort();
  }, [isReady, ws]);
  return { check, run };
};

import { type StreamChange, streamChange } from '../../src-server/contract/stream.ts';
import type { AppClock } from '../app/clock.ts';
import type { PlaneAccess } from '../protocol/plane-proxy.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** One event is one entry with its rows; anything longer is not for us. */
const EVENT_LIMIT = 1_048_576;

export interface WatchParts {
  clock: AppClock;
  /** Null while the control plane is not in service. */
  plane: () => (PlaneAccess & { workspace_id: string }) | null;
  send: typeof fetch;
  heard: (change: StreamChange) => void;
}

/** Takes whole events out of a text that grows; returns the changes and what is left over. */
export const takeChanges = (text: string): { changes: StreamChange[]; rest: string } => {
  const blocks = text.split('\n\n');
  const rest = (blocks.pop() ?? '').slice(-EVENT_LIMIT);
  const changes = blocks.flatMap((block) => {
    if (!/^event: change$/m.test(block)) return [];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    try {
      const parsed = streamChange.safeParse(JSON.parse(data ?? ''));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
  return { changes, rest };
};

/** Follows the embedded control plane's changes for tray and notifications, from now on, as long as it is not stopped. */
export class FleetWatch {
  #stop = new AbortController();
  #retryMs = FIRST_RETRY_MS;
  #cancel: () => void = () => undefined;

  constructor(private readonly parts: WatchParts) {}

  /** Starts, or starts anew at another address of the control plane. */
  start(): void {
    this.stop();
    this.#stop = new AbortController();
    void this.#read(this.#stop);
  }

  stop(): void {
    this.#cancel();
    this.#stop.abort();
  }

  async #read(own: AbortController): Promise<void> {
    const plane = this.parts.plane();
    if (plane !== null) {
      try {
        const response = await this.parts.send(`${plane.url}/api/v1/workspaces/${plane.workspace_id}/stream`, {
          headers: { authorization: `Bearer ${plane.operator_token}`, accept: 'text/event-stream' },
          redirect: 'error',
          signal: own.signal,
        });
        if (response.ok && response.body !== null) await this.#follow(response.body);
      } catch {
        // It stopped or is being started again; the retry below finds it.
      }
    }
    if (own.signal.aborted) return;
    this.#cancel = this.parts.clock.after(this.#retryMs, () => void this.#read(own));
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  async #follow(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      this.#retryMs = FIRST_RETRY_MS;
      const { changes, rest } = takeChanges(text + decoder.decode(chunk, { stream: true }));
      text = rest;
      for (const change of changes) this.parts.heard(change);
    }
  }
}

import type { Readable } from 'node:stream';
import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { PlaneProblem, PlaneUnreachable } from './errors.ts';
import type { Chance } from './ids.ts';
import { LogSpool } from './log-spool.ts';
import type { PlaneAnswer, PlaneRequest } from './plane-client.ts';
import { answerOf, type LogAnswer } from './wire.ts';

/** The plane's limit of one PUT, in decoded bytes. */
const CHUNK_LIMIT_BYTES = 256 * 1024;
/** Above this the job is made to wait; below half of it, it goes on. */
const SPOOL_HIGH_BYTES = 4 * 1024 * 1024;
/** Small writes are gathered this long, so that a chatty job does not cost a request per line. */
const GATHER_MS = 200;
const BACKOFF = { baseMs: 500, capMs: 10_000 };

export interface LogStreamDependencies {
  send: (request: PlaneRequest) => Promise<PlaneAnswer>;
  clock: Clock;
  chance: Chance;
  /** The fence no longer holds: the plane refused a write. */
  onSuperseded: (detail: string) => void;
  onBroken: (detail: string) => void;
  /** Bytes that nobody has any more; what follows them is sent. */
  onGap: (detail: string) => void;
}

/** Takes secrets out of a stream before anything of it is kept. */
export interface StreamFilter {
  push(bytes: Uint8Array): Buffer;
  end(): Buffer;
}

/** Text when it is valid UTF-8 and not longer on the wire than base64 would be, else base64. */
export function encodeChunk(bytes: Buffer): { data: string; encoding: 'utf8' | 'base64' } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (Buffer.byteLength(JSON.stringify(text)) <= bytes.length * 1.4 + 2) return { data: text, encoding: 'utf8' };
  } catch {
    // Binary, or a character cut in two at the chunk's border.
  }
  return { data: bytes.toString('base64'), encoding: 'base64' };
}

/** Sends one output stream to the plane by offset, holding what is not durable, and makes the job wait when it lags. */
export class LogStream {
  #sentOffset: number;
  #isSending = true;
  #source: Readable | null = null;
  #wake = new AbortController();
  readonly #halt = new AbortController();
  #isFinishing = false;
  #isAtEnd = false;
  readonly #loop: Promise<void>;

  constructor(
    private readonly path: string,
    private readonly fence: number,
    private readonly stream: 'stdout' | 'stderr',
    private readonly dependencies: LogStreamDependencies,
    private readonly filter: StreamFilter | null = null,
    readonly spool: LogSpool = new LogSpool(),
  ) {
    this.#sentOffset = spool.startOffset;
    this.#loop = this.#run();
  }

  /** Takes the job's output from now on. */
  attach(source: Readable): void {
    this.#source = source;
    source.on('data', (bytes: Buffer) => {
      this.#take(bytes);
      if (this.#isSending && !this.#isAtEnd && this.spool.heldBytes > SPOOL_HIGH_BYTES) source.pause();
      this.#wake.abort();
    });
  }

  /** Sends what is left. Resolves when the plane has all of it, sending broke, or `halt` was called. */
  async finish(): Promise<void> {
    if (!this.#isFinishing && this.filter !== null) this.spool.append(this.filter.end());
    this.#isFinishing = true;
    this.#wake.abort();
    await this.#loop;
  }

  /** Stops sending now; what the job still writes is read, counted and dropped. */
  halt(): void {
    this.#isSending = false;
    this.#halt.abort();
    this.#wake.abort();
    this.#source?.resume();
  }

  /** Reads the rest of the output without making anybody wait: what wrote it is gone, and its pipe holds little. */
  takeRest(): void {
    this.#isAtEnd = true;
    this.#source?.resume();
  }

  #take(bytes: Buffer): void {
    // Past the limit nothing is kept, so that there is nothing to hide either: bytes are counted only.
    this.spool.append(this.filter === null || this.spool.isTruncated ? bytes : this.filter.push(bytes));
  }

  async #run(): Promise<void> {
    const { clock, chance } = this.dependencies;
    const backoff = new Backoff(BACKOFF, chance);
    while (this.#isSending) {
      const hasNews = this.#sentOffset < this.spool.endOffset;
      if (!hasNews && this.#isFinishing) return;
      if (!hasNews && !this.#isLagging()) {
        await this.#untilWoken();
        if (!this.#isFinishing) await clock.sleep(GATHER_MS, this.#halt.signal);
        continue;
      }
      // All is sent but not durable, and the job may be waiting for room: an empty PUT asks how far the plane is.
      if (!hasNews) await clock.sleep(GATHER_MS, this.#halt.signal);
      try {
        await this.#put();
        backoff.reset();
      } catch (error) {
        await clock.sleep(this.#afterFailure(error, backoff), this.#halt.signal);
      }
    }
  }

  #isLagging(): boolean {
    return this.spool.heldBytes >= SPOOL_HIGH_BYTES / 2;
  }

  async #untilWoken(): Promise<void> {
    this.#wake = new AbortController();
    const { signal } = this.#wake;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  async #put(): Promise<void> {
    const bytes = this.spool.read(this.#sentOffset, CHUNK_LIMIT_BYTES);
    const json = { fence: this.fence, stream: this.stream, offset: this.#sentOffset, ...encodeChunk(bytes) };
    const answer = await this.dependencies.send({ method: 'PUT', path: this.path, json, signal: this.#halt.signal });
    const log = answerOf<LogAnswer>(answer.json, 'log', { next_offset: 'number', durable_offset: 'number' });
    this.#moveTo(log.next_offset);
    this.spool.release(Math.min(log.durable_offset, this.#sentOffset));
    if (!this.#isLagging()) this.#source?.resume();
  }

  /** Goes to the offset that the plane expects; only what is still held can be sent again. */
  #moveTo(offset: number): void {
    if (offset < this.spool.startOffset) {
      const lostBytes = this.spool.fillGap(offset);
      this.dependencies.onGap(`${lostBytes} bytes of ${this.stream} are lost; the log shows the gap.`);
    }
    if (offset > this.spool.endOffset) {
      this.#break(
        `The plane expects ${this.stream} from byte ${offset}, held are ${this.spool.startOffset} to ${this.spool.endOffset}.`,
      );
      return;
    }
    this.#sentOffset = offset;
  }

  /** Milliseconds to wait before the next try. */
  #afterFailure(error: unknown, backoff: Backoff): number {
    if (error instanceof PlaneUnreachable) return backoff.nextMs();
    if (!(error instanceof PlaneProblem)) {
      this.halt();
      return 0;
    }
    if (error.code === 'conflict.log_gap' && typeof error.members.expected_offset === 'number') {
      this.#moveTo(error.members.expected_offset);
      // Should the plane ask for the same byte for ever, this must not spin.
      return backoff.nextMs();
    }
    if (error.code === 'conflict.lease_superseded') {
      this.halt();
      this.dependencies.onSuperseded(error.detail);
      return 0;
    }
    if (error.retryable || error.status === 401) return Math.max(backoff.nextMs(), error.retryAfterMs ?? 0);
    this.#break(error.detail);
    return 0;
  }

  #break(detail: string): void {
    this.halt();
    this.dependencies.onBroken(detail);
  }
}

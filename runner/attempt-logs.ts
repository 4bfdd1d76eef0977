import type { Readable } from 'node:stream';
import type { AttemptSpool, StreamName } from './attempt-spool.ts';
import { LOG_KEPT_LIMIT_BYTES, LogSpool } from './log-spool.ts';
import { LogStream, type LogStreamDependencies, type StreamFilter } from './log-stream.ts';
import type { StreamReceipt } from './receipt.ts';

const mirrored = (spool: AttemptSpool, stream: StreamName): LogSpool =>
  new LogSpool(LOG_KEPT_LIMIT_BYTES, {
    append: (offset, bytes) => spool.append(stream, offset, bytes),
    release: (offset) => spool.release(stream, offset),
  });

/** Both output streams of an attempt. */
export class AttemptLogs {
  readonly #stdout: LogStream;
  readonly #stderr: LogStream;

  /** @param filterOf makes what takes secrets out of one stream. */
  constructor(
    leaseId: string,
    fence: number,
    dependencies: LogStreamDependencies,
    filterOf: () => StreamFilter,
    spool: AttemptSpool,
  ) {
    const path = `/api/v1/runtime/leases/${leaseId}/log`;
    this.#stdout = new LogStream(path, fence, 'stdout', dependencies, filterOf(), mirrored(spool, 'stdout'));
    this.#stderr = new LogStream(path, fence, 'stderr', dependencies, filterOf(), mirrored(spool, 'stderr'));
  }

  attach(stdout: Readable, stderr: Readable): void {
    this.#stdout.attach(stdout);
    this.#stderr.attach(stderr);
  }

  /** The command ended: read what is left in its pipes without waiting for the plane. */
  takeRest(): void {
    this.#stdout.takeRest();
    this.#stderr.takeRest();
  }

  /** Sends what is left; resolves when the plane has it, or when sending is over. */
  async finish(): Promise<void> {
    await Promise.all([this.#stdout.finish(), this.#stderr.finish()]);
  }

  /** Stops sending; what still comes is counted. */
  halt(): void {
    this.#stdout.halt();
    this.#stderr.halt();
  }

  /** Size and digest of both streams, as the run receipt names them. */
  receipt(): { stdout: StreamReceipt; stderr: StreamReceipt } {
    const size = ({ spool }: LogStream): StreamReceipt => ({
      size_bytes: spool.totalBytes,
      sha256: spool.sha256,
      truncated: spool.isTruncated,
    });
    return { stdout: size(this.#stdout), stderr: size(this.#stderr) };
  }
}

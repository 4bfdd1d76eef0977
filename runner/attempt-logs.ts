import type { Readable } from 'node:stream';
import { LogStream, type LogStreamDependencies, type StreamFilter } from './log-stream.ts';
import type { StreamReceipt } from './receipt.ts';

/** Both output streams of an attempt. */
export class AttemptLogs {
  readonly #stdout: LogStream;
  readonly #stderr: LogStream;

  /** @param filterOf makes what takes secrets out of one stream. */
  constructor(leaseId: string, fence: number, dependencies: LogStreamDependencies, filterOf: () => StreamFilter) {
    const path = `/api/v1/runtime/leases/${leaseId}/log`;
    this.#stdout = new LogStream(path, fence, 'stdout', dependencies, filterOf());
    this.#stderr = new LogStream(path, fence, 'stderr', dependencies, filterOf());
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

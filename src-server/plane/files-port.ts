import type { Readable } from 'node:stream';

export interface StoredBlob {
  sha256: string;
  sizeBytes: number;
}

/** Bytes by their digest: inputs and artifacts. */
export interface BlobStore {
  /** Size of a stored blob; null when it is not there. */
  sizeOf(sha256: string): Promise<number | null>;
  /**
   * Stores bytes and makes them durable before it resolves.
   * @throws ProblemError `digest.mismatch` when `expected` does not fit, `body.too_large` past the limit, `storage.full`.
   */
  put(bytes: Readable | Uint8Array, limits: { expectedSha256?: string; maxBytes: number }): Promise<StoredBlob>;
  open(sha256: string): Readable;
}

export type OutputStream = 'stdout' | 'stderr';
export interface StreamEnd {
  size_bytes: number;
  sha256: string | null;
  truncated: boolean;
}

/** Bytes that each stream came to, as its runner counted them. */
export type ToldSizes = Partial<Record<OutputStream, { size_bytes: number }>>;

/** Output of attempts, one file per assignment run and stream. Offsets are bytes. */
export interface RunLogs {
  /**
   * Appends at an offset; bytes that are there already are skipped, bytes past 10 MiB are counted and dropped.
   * @throws ProblemError `conflict.log_gap` with `expected_offset`.
   */
  append(
    runId: string,
    stream: OutputStream,
    offset: number,
    bytes: Uint8Array,
  ): Promise<{ nextOffset: number; durableOffset: number }>;
  read(
    runId: string,
    stream: OutputStream,
    offset: number,
    limitBytes: number,
  ): Promise<{ bytes: Buffer; sizeBytes: number; isTruncated: boolean }>;
  /**
   * Makes both streams durable and tells what is kept; null when the attempt wrote nothing.
   * @param told what the runner counted, which sends no more than is kept.
   */
  finish(runId: string, told?: ToldSizes): Promise<{ stdout: StreamEnd; stderr: StreamEnd } | null>;
  /** Calls back once when the stream grows or ends; the returned function takes it back. */
  onGrowth(runId: string, callback: () => void): () => void;
  /** Wakes readers that wait: nothing more will come. */
  end(runId: string): void;
  close(): Promise<void>;
}

import { createHash } from 'node:crypto';
import type { LeaseEnd } from '../../contract/events.ts';
import type { LeftOut } from '../../ledger/bundle/layout.ts';
import type { BundleParts } from '../../ledger/bundle/write-bundle.ts';
import type { BlobStore, OutputStream, RunLogs } from '../files-port.ts';
import { readBlob } from './read-blob.ts';

/** A verifier reads bundles of 2 GiB; what would go past this is marked as left out. */
const ARTIFACTS_LIMIT_BYTES = 2 ** 31 - 256 * 2 ** 20;
const READ_BYTES = 1024 * 1024;
const LIST_LIMIT_BYTES = 16 * 1024 * 1024;
type Artifact = BundleParts['artifacts'][number];

/** What attempts left: artifacts, long lists of them, both streams of output; and marks of what is not there. */
export class LeftByAttempts {
  private readonly found = new Map<string, Artifact>();
  private readonly marks = new Map<string, LeftOut>();
  private totalBytes = 0;

  constructor(
    private readonly blobs: BlobStore,
    private readonly runLogs: RunLogs,
  ) {}

  get artifacts(): Artifact[] {
    return [...this.found.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  }
  get leftOut(): LeftOut[] {
    return [...this.marks.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  }

  async take(end: LeaseEnd): Promise<void> {
    for (const { sha256 } of end.artifacts) await this.takeBlob(sha256);
    if (end.artifact_list_sha256 !== undefined) await this.takeList(end.artifact_list_sha256);
    for (const stream of ['stdout', 'stderr'] as const) {
      const sha256 = end.output?.[stream].sha256 ?? null;
      if (sha256 !== null) await this.takeLog(end.assignment_run_id, stream, sha256);
    }
  }

  /** Marks bytes that an entry names and that are not kept. */
  mark(sha256: string, reason: LeftOut['reason'] = 'not_kept'): void {
    this.marks.set(sha256, { sha256, reason });
  }

  private async takeList(sha256: string): Promise<void> {
    const bytes = await readBlob(this.blobs, sha256, LIST_LIMIT_BYTES);
    await this.takeBlob(sha256);
    if (bytes === null) return;
    for (const item of JSON.parse(bytes.toString()) as { sha256: string }[]) await this.takeBlob(item.sha256);
  }

  private async takeBlob(sha256: string): Promise<void> {
    const sizeBytes = await this.blobs.sizeOf(sha256);
    if (sizeBytes === null) this.mark(sha256);
    else this.add({ sha256, sizeBytes, read: () => this.blobs.open(sha256) as AsyncIterable<Buffer> });
  }

  /** A log is taken only when it still is what the entry says of it. */
  private async takeLog(runId: string, stream: OutputStream, sha256: string): Promise<void> {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const bytes of this.readLog(runId, stream)) {
      hash.update(bytes);
      sizeBytes += bytes.length;
    }
    if (hash.digest('hex') !== sha256) this.mark(sha256);
    else this.add({ sha256, sizeBytes, read: () => this.readLog(runId, stream) });
  }

  private async *readLog(runId: string, stream: OutputStream): AsyncGenerator<Buffer> {
    for (let at = 0; ; ) {
      const { bytes } = await this.runLogs.read(runId, stream, at, READ_BYTES);
      if (bytes.length === 0) return;
      yield bytes;
      at += bytes.length;
    }
  }

  private add(artifact: Artifact): void {
    if (this.found.has(artifact.sha256)) return;
    if (this.totalBytes + artifact.sizeBytes > ARTIFACTS_LIMIT_BYTES) {
      this.mark(artifact.sha256, 'too_large');
      return;
    }
    this.totalBytes += artifact.sizeBytes;
    this.found.set(artifact.sha256, artifact);
  }
}

import { createHash } from 'node:crypto';
import type { LeaseEnd } from '../../contract/events.ts';
import { dsse } from '../../contract/primitives.ts';
import { RECEIPT_TYPE, runStatement } from '../../contract/receipt.ts';
import { decodeEntry } from '../../ledger/entry.ts';
import type { LogEntry } from '../../ledger/log-port.ts';
import { openEnvelope } from '../../ledger/receipts/dsse.ts';
import { publicKeyOf } from '../../ledger/receipts/ed25519.ts';
import type { TypedEntry } from '../engine.ts';
import { readBlob } from '../evidence/read-blob.ts';
import type { BlobStore, OutputStream, RunLogs } from '../files-port.ts';

const RECEIPT_LIMIT_BYTES = 1024 * 1024;
const LIST_LIMIT_BYTES = 16 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;
/** Events that decide what is kept, as they stand in the bytes of an entry: most entries hold none of them. */
const WORDS = ['"session.registered"', '"job.submitted"', '"job.edited"', '"lease.', '"attempt.late_receipt"'];

/** What a receipt of a lease must say. */
interface Promised {
  sessionId: string;
  attempt: number;
  fence: number;
  digest: string;
}

/**
 * Compares what is kept beside the log with the digests that stand in it: inputs, artifacts, output and run receipts, and of
 * each receipt whose key signed it and what it says. Bytes that are not kept any more are counted; they are no fault.
 */
export class KeptBytesCheck {
  readonly faults: { seq: number; detail: string }[] = [];
  compared = 0;
  receipts = 0;
  notKept = 0;
  private readonly keys = new Map<string, string>();
  private readonly digests = new Map<string, string>();
  private readonly promised = new Map<string, Promised>();
  private readonly seen = new Set<string>();

  constructor(
    private readonly blobs: BlobStore,
    private readonly runLogs: RunLogs,
  ) {}

  /** Takes the next entry. */
  async take({ seq, line }: LogEntry): Promise<void> {
    if (!WORDS.some((word) => line.includes(word))) return;
    for (const { type, body } of (decodeEntry(line) as unknown as TypedEntry).events) {
      if (type === 'session.registered') this.keys.set(body.session_id, body.public_key);
      else if (type === 'job.submitted' || type === 'job.edited') {
        this.digests.set(body.job_id, body.digest);
        for (const { sha256 } of body.spec.inputs) await this.blob(seq, sha256, 'the input');
      } else if (type === 'lease.granted') {
        const { session_id: sessionId, attempt, fence } = body;
        const digest = this.digests.get(body.job_id) ?? '';
        this.promised.set(body.lease_id, { sessionId, attempt, fence, digest });
      } else if (type === 'lease.released' || type === 'lease.expired' || type === 'lease.revoked')
        await this.ended(seq, body);
      else if (type === 'attempt.late_receipt') await this.receipt(seq, body.lease_id, body.run_receipt_sha256);
    }
  }

  private async ended(seq: number, end: LeaseEnd): Promise<void> {
    for (const { sha256, path } of end.artifacts) await this.blob(seq, sha256, `the artifact ${path}`);
    await this.list(seq, end.artifact_list_sha256);
    for (const stream of ['stdout', 'stderr'] as const) {
      const sha256 = end.output?.[stream].sha256 ?? null;
      if (sha256 !== null) await this.output(seq, end.assignment_run_id, stream, sha256);
    }
    if (end.run_receipt_sha256 !== null) await this.receipt(seq, end.lease_id, end.run_receipt_sha256);
  }

  /** @returns whether the bytes are there and are those of their digest. */
  private async blob(seq: number, sha256: string, what: string): Promise<boolean> {
    if (this.seen.has(sha256)) return true;
    this.seen.add(sha256);
    if ((await this.blobs.sizeOf(sha256)) === null) {
      this.notKept++;
      return false;
    }
    const hash = createHash('sha256');
    for await (const bytes of this.blobs.open(sha256)) hash.update(bytes);
    return this.compare(seq, sha256, hash.digest('hex'), what);
  }

  private async list(seq: number, sha256: string | undefined): Promise<void> {
    if (sha256 === undefined || !(await this.blob(seq, sha256, 'the list of artifacts'))) return;
    const bytes = await readBlob(this.blobs, sha256, LIST_LIMIT_BYTES);
    for (const item of JSON.parse(String(bytes ?? '[]')) as { path: string; sha256: string }[])
      await this.blob(seq, item.sha256, `the artifact ${item.path}`);
  }

  private async output(seq: number, runId: string, stream: OutputStream, sha256: string): Promise<void> {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for (;;) {
      const { bytes } = await this.runLogs.read(runId, stream, sizeBytes, READ_BYTES);
      if (bytes.length === 0) break;
      hash.update(bytes);
      sizeBytes += bytes.length;
    }
    const found = hash.digest('hex');
    if (sizeBytes === 0 && found !== sha256) this.notKept++;
    else this.compare(seq, sha256, found, `${stream} of ${runId}`);
  }

  private compare(seq: number, sha256: string, found: string, what: string): boolean {
    this.compared++;
    if (found === sha256) return true;
    this.faults.push({ seq, detail: `${what} has the SHA-256 ${found}, the entry says ${sha256}` });
    return false;
  }

  private async receipt(seq: number, leaseId: string, sha256: string): Promise<void> {
    if (!(await this.blob(seq, sha256, `the run receipt of ${leaseId}`))) return;
    const bytes = await readBlob(this.blobs, sha256, RECEIPT_LIMIT_BYTES);
    const promised = this.promised.get(leaseId);
    if (bytes === null || promised === undefined) return;
    this.receipts++;
    const detail = this.judge(bytes, leaseId, promised);
    if (detail !== null) this.faults.push({ seq, detail: `the run receipt of ${leaseId} ${detail}` });
  }

  /** @returns what is wrong with a receipt; null when nothing is. */
  private judge(bytes: Buffer, leaseId: string, { sessionId, attempt, fence, digest }: Promised): string | null {
    try {
      const key = publicKeyOf(Buffer.from(this.keys.get(sessionId) ?? '', 'base64'));
      const payload = openEnvelope(dsse.parse(JSON.parse(bytes.toString())), RECEIPT_TYPE, key);
      if (payload === null) return `is not signed by the key of ${sessionId}`;
      const { predicate } = runStatement.parse(JSON.parse(payload.toString()));
      const isSame =
        predicate.lease_id === leaseId &&
        predicate.attempt === attempt &&
        predicate.fence === fence &&
        predicate.job_digest === digest;
      return isSame ? null : 'is about another attempt, or another job';
    } catch (error) {
      return `cannot be read: ${(error as Error).message}`;
    }
  }
}

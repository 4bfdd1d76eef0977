import { createHash } from 'node:crypto';
import type { Dsse } from '../../contract/primitives.ts';
import { RECEIPT_TYPE, type ReceiptItem, type ReceiptKind } from '../../contract/receipt.ts';
import { envelopeBytes } from '../../ledger/receipts/dsse.ts';
import type { BlobStore } from '../files-port.ts';
import type { PlaneKey } from '../keys.ts';
import { replayPath } from '../views/replay-path.ts';
import { type EndedLease, type EntryReader, type JobStory, storyOfJob } from './job-story.ts';
import { readBlob } from './read-blob.ts';
import { signDsse } from './sign-dsse.ts';
import { provenanceStatement, settlementStatement, statementBytes } from './statements.ts';

/** A receipt is far smaller; what is larger is not one. */
const RECEIPT_LIMIT_BYTES = 1024 * 1024;

/** One receipt as a file of a bundle. */
export interface ReceiptFile {
  /** `<lease_id>.<kind>.dsse.json` */
  name: string;
  kind: ReceiptKind;
  leaseId: string;
  attempt: number;
  fence: number;
  seq: number;
  sha256: string;
  /** Null when a run receipt's bytes are no longer kept. */
  bytes: Buffer | null;
}
export const receiptName = (leaseId: string, kind: ReceiptKind): string => `${leaseId}.${kind}.dsse.json`;

/** Every receipt of a job, oldest first. The plane's own are signed now; their bytes are fixed by the log. */
export async function receiptsOfStory(
  reader: EntryReader,
  story: JobStory,
  key: PlaneKey,
  blobs: BlobStore,
): Promise<ReceiptFile[]> {
  const files: ReceiptFile[] = [];
  for (const ended of story.ended) {
    const { run_receipt_sha256: runReceipt } = ended.end;
    if (runReceipt !== null) files.push(await storedFile('run', ended.granted, ended.endSeq, runReceipt, blobs));
    files.push(...(await ownFiles(reader, story, ended, key)));
  }
  for (const { body, seq } of story.late)
    files.push(await storedFile('late', body, seq, body.run_receipt_sha256, blobs));
  return files;
}

/** The plane's receipts of the lease that a story ends with; the story reaches up to the entry that ended it. */
export async function settledFiles(reader: EntryReader, story: JobStory, key: PlaneKey): Promise<ReceiptFile[]> {
  const ended = story.ended.at(-1);
  return ended === undefined ? [] : ownFiles(reader, story, ended, key);
}

async function ownFiles(
  reader: EntryReader,
  story: JobStory,
  ended: EndedLease,
  key: PlaneKey,
): Promise<ReceiptFile[]> {
  const provenance = provenanceStatement(reader, story, ended);
  return [
    await ownFile('settlement', ended, settlementStatement(reader, story, ended), key),
    ...(provenance === null ? [] : [await ownFile('provenance', ended, provenance, key)]),
  ];
}

async function ownFile(
  kind: 'settlement' | 'provenance',
  { granted, endSeq }: EndedLease,
  statement: object,
  key: PlaneKey,
): Promise<ReceiptFile> {
  const bytes = envelopeBytes(await signDsse(key, RECEIPT_TYPE, statementBytes(statement)));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { lease_id: leaseId, attempt, fence } = granted;
  return { name: receiptName(leaseId, kind), kind, leaseId, attempt, fence, seq: endSeq, sha256, bytes };
}

async function storedFile(
  kind: 'run' | 'late',
  { lease_id: leaseId, attempt, fence }: { lease_id: string; attempt: number; fence: number },
  seq: number,
  sha256: string,
  blobs: BlobStore,
): Promise<ReceiptFile> {
  const bytes = await readBlob(blobs, sha256, RECEIPT_LIMIT_BYTES);
  return { name: receiptName(leaseId, kind), kind, leaseId, attempt, fence, seq, sha256, bytes };
}

/** The receipts of a job as the API answers them. */
export async function receiptItems(
  reader: EntryReader,
  lastSeq: number,
  key: PlaneKey,
  blobs: BlobStore,
): Promise<ReceiptItem[]> {
  const files = await receiptsOfStory(reader, storyOfJob(reader, lastSeq), key, blobs);
  return files.map((file) => {
    const envelope = file.bytes === null ? null : (JSON.parse(file.bytes.toString()) as Dsse);
    return {
      name: file.name,
      kind: file.kind,
      lease_id: file.leaseId,
      attempt: file.attempt,
      fence: file.fence,
      seq: file.seq,
      sha256: file.sha256,
      signer: file.kind === 'run' || file.kind === 'late' ? 'runner' : 'plane',
      replay_path: replayPath(reader.workspaceId, file.seq),
      statement: envelope === null ? null : JSON.parse(Buffer.from(envelope.payload, 'base64').toString()),
      envelope,
    };
  });
}

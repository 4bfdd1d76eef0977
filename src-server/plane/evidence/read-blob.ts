import type { BlobStore } from '../files-port.ts';

/** The bytes of a small blob; null when it is not kept, or is larger than it can be. */
export async function readBlob(blobs: BlobStore, sha256: string, limitBytes: number): Promise<Buffer | null> {
  const sizeBytes = await blobs.sizeOf(sha256);
  if (sizeBytes === null || sizeBytes > limitBytes) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of blobs.open(sha256)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

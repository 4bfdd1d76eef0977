import { bufferSource } from '../ledger/bundle/read-tar.ts';
import { type Verdict, verifyBundle } from '../ledger/bundle/verify/verify-bundle.ts';
import { exportBundle } from '../plane/evidence/export-bundle.ts';
import { logProver } from '../plane/evidence/log-prover.ts';
import { selectEntries } from '../plane/evidence/select-entries.ts';
import type { BlobStore, RunLogs } from '../plane/files-port.ts';
import { newPrivateKey, planeKeyFrom } from '../plane/keys.ts';
import type { Workspace } from '../plane/workspace.ts';

/** The jobs of a scenario leave no files. */
const NO_BLOBS = { sizeOf: async () => null } as unknown as BlobStore;
const NO_LOGS = {
  read: async () => ({ bytes: Buffer.alloc(0), sizeBytes: 0, isTruncated: false }),
} as unknown as RunLogs;

/** Exports everything that a scenario left behind, with a key of its own, and verifies the bundle as a stranger would. */
export async function verifyEvidence({ engine }: Workspace): Promise<Verdict> {
  const key = planeKeyFrom(newPrivateKey());
  const source = {
    engine,
    key,
    blobs: NO_BLOBS,
    runLogs: NO_LOGS,
    prover: logProver(engine, key),
    pause: async () => undefined,
  };
  const chunks: Buffer[] = [];
  for await (const chunk of exportBundle(source, selectEntries(engine, { all: true }))) chunks.push(chunk);
  return verifyBundle(bufferSource(Buffer.concat(chunks)), key.fingerprint);
}

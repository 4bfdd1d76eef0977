import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PlaneRequest } from './plane-client.ts';
import { unsafePathReason } from './safe-path.ts';
import type { JobSpec } from './wire.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

export type Input = JobSpec['inputs'][number];
export type Download = (request: PlaneRequest, sink: (chunk: Buffer) => Promise<void>) => Promise<void>;

/** An input that is not what the job names: final for this attempt. */
export class InputRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InputRefused';
  }
}

/** Fails for names that must not be written, before anything is fetched. Throws InputRefused. */
export function checkInputs(inputs: readonly Input[]): void {
  const seen = new Set<string>();
  for (const { path } of inputs) {
    const reason = unsafePathReason(path);
    if (reason !== null) throw new InputRefused(`Input ${JSON.stringify(path)} is refused: ${reason}.`);
    const folded = path.toLowerCase();
    if (seen.has(folded)) throw new InputRefused(`Input ${path} is named twice.`);
    seen.add(folded);
  }
}

/** A checkout may hold links that lead out of the work directory: nothing is written through one. Throws InputRefused. */
async function needOwnFolders(workDir: string, path: string): Promise<void> {
  const segments = path.split('/').slice(0, -1);
  for (let i = 1; i <= segments.length; i += 1) {
    const folder = segments.slice(0, i).join('/');
    const info = await lstat(join(workDir, folder)).catch(() => null);
    if (info === null) return;
    if (!info.isDirectory())
      throw new InputRefused(`Input ${path} is refused: ${folder} of the checkout is no folder.`);
  }
}

/**
 * Fetches one input into the work directory and checks size and digest. A connection that breaks in the middle throws
 * PlaneUnreachable and may be tried again; other bytes than the job names throw InputRefused.
 */
export async function fetchInput(
  input: Input,
  leaseId: string,
  workDir: string,
  download: Download,
  signal: AbortSignal,
): Promise<void> {
  const target = join(workDir, input.path);
  await needOwnFolders(workDir, input.path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const file = await open(target, CREATE, 0o600).catch((error: NodeJS.ErrnoException) => {
    // A try that broke in the middle left its part.
    if (error.code === 'EEXIST')
      return open(target, constants.O_WRONLY | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0));
    throw error;
  });
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    const path = `/api/v1/runtime/leases/${leaseId}/inputs/${input.sha256}`;
    await download({ method: 'GET', path, signal }, async (chunk) => {
      sizeBytes += chunk.length;
      if (sizeBytes > input.size_bytes)
        throw new InputRefused(`Input ${input.path} is longer than its ${input.size_bytes} bytes.`);
      hash.update(chunk);
      await file.writeFile(chunk);
    });
  } finally {
    await file.close();
  }
  if (sizeBytes !== input.size_bytes || hash.digest('hex') !== input.sha256) {
    throw new InputRefused(`Input ${input.path} is not what the job names: its digest or size differs.`);
  }
}

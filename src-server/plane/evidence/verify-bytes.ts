import type { z } from 'zod';
import type { verifyAnswer } from '../../contract/evidence-export.ts';
import { bufferSource } from '../../ledger/bundle/read-tar.ts';
import { verifyBundle } from '../../ledger/bundle/verify/verify-bundle.ts';

/** Verifies a bundle that is in memory. @param fingerprint of the key that must have signed it. */
export function verifyBytes(bytes: Buffer, fingerprint: string): z.output<typeof verifyAnswer> {
  const { exitCode, checks } = verifyBundle(bufferSource(bytes), fingerprint);
  return { exit_code: exitCode, intact: exitCode === 0, checks };
}

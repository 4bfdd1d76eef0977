import { z } from 'zod';
import { count, queryCount } from './primitives.ts';

const hashBase64 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'must be the base64 of 32 bytes');
/** A signed note of the form C2SP tlog-checkpoint, with the cosignatures of witnesses. */
const checkpointNote = z.string().max(64 * 1024);

/** Shows that an entry stands in the log that the checkpoint is the head of (RFC 6962). */
export const evidenceProof = z.object({
  seq: count,
  /** SHA-256(0x00 ‖ exact bytes of the entry). */
  leaf_hash: hashBase64,
  checkpoint: checkpointNote,
  /** Entries that the checkpoint covers. */
  size: count,
  root: hashBase64,
  /** Audit path, lowest node first. */
  inclusion: z.array(hashBase64),
});
export const consistencyQuery = z.strictObject({ from: queryCount, to: queryCount });
/** Shows that the log of `to` entries begins with the log of `from` entries. */
export const consistencyAnswer = z.object({
  from: count,
  to: count,
  from_root: hashBase64,
  to_root: hashBase64,
  consistency: z.array(hashBase64),
});

export const witnessQuery = z.strictObject({ size: queryCount.default(0) });
/**
 * The newest checkpoint, and the proof that it goes on from the size that the runner saw last. When the checkpoint is
 * smaller than that size the list is empty: the log was rolled back, and the runner says so.
 */
export const witnessAnswer = z.object({ checkpoint: checkpointNote, consistency: z.array(hashBase64) });
export const witnessRequest = z.strictObject({
  checkpoint_size: count,
  /** One signature line of a C2SP cosignature, named `connected-compute/<workspace_id>/<session_id>`. */
  cosignature: z.string().max(500),
});
export const witnessRecorded = z.object({
  seq: count,
  /** False when this runner's, or enough others, are in the log already. */
  recorded: z.boolean(),
});

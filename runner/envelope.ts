import type { Assignment, EnvelopePayload } from '../src-server/contract/runtime.ts';
import { canonicalJson } from './canonical-json.ts';
import { openDsse } from './dsse.ts';
import { sha256Hex } from './ed25519.ts';
import { programOf } from './job-program.ts';

export const ENVELOPE_TYPE = 'application/vnd.connected-compute.envelope+json';

const ID = /^[a-z]+_[0-9A-Za-z]{1,64}$/;

/** An envelope that does not hold: nothing of it is executed. */
export class EnvelopeRefused extends Error {
  constructor(reason: string) {
    super(`The job's envelope does not hold: ${reason}.`);
    this.name = 'EnvelopeRefused';
  }
}

/** `sha256:` and the digest of the RFC 8785 form of a job. */
export function jobDigest(job: unknown): string {
  return `sha256:${sha256Hex(canonicalJson(job))}`;
}

function parse(bytes: Buffer): EnvelopePayload {
  try {
    const payload = JSON.parse(bytes.toString('utf8')) as EnvelopePayload;
    const program = programOf(payload.job);
    const isWhole =
      payload.v === 1 &&
      Array.isArray(program.argv) &&
      Array.isArray(payload.job.inputs) &&
      Array.isArray(payload.job.outputs) &&
      typeof program.env === 'object' &&
      Number.isSafeInteger(payload.max_runtime_ms) &&
      Number.isSafeInteger(payload.attempt);
    if (isWhole) return payload;
  } catch {
    // One answer for every form that cannot be read.
  }
  throw new EnvelopeRefused('its payload cannot be read');
}

/**
 * The only thing that a runner executes: the payload that the pinned plane key signed for this session and this lease,
 * with a job whose digest it names. Throws EnvelopeRefused.
 */
export function openEnvelope(assignment: Assignment, planePublicKey: string, sessionId: string): EnvelopePayload {
  const bytes = openDsse(assignment.envelope, ENVELOPE_TYPE, planePublicKey);
  if (bytes === null) throw new EnvelopeRefused('it is not signed by the pinned plane key');
  const payload = parse(bytes);
  if (payload.session_id !== sessionId) throw new EnvelopeRefused('it is for another session');
  if (payload.lease_id !== assignment.lease.lease_id || payload.fence !== assignment.lease.fence) {
    throw new EnvelopeRefused('it is for another lease');
  }
  // Ids become parts of addresses and directory names.
  if (!ID.test(payload.lease_id) || !ID.test(payload.job_id)) throw new EnvelopeRefused('its ids are not ids');
  let digest: string;
  try {
    digest = jobDigest(payload.job);
  } catch (error) {
    throw new EnvelopeRefused(`its job has no canonical form (${(error as Error).message})`);
  }
  if (digest !== payload.digest) throw new EnvelopeRefused('its digest is not that of its job');
  return payload;
}

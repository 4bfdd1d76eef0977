import { z } from 'zod';
import { leaseId } from './ids.ts';
import { count, digest, dsse, instant, positive, sha256Hex } from './primitives.ts';
import { RUNNER_OUTCOMES } from './terms.ts';

/** The DSSE payload type of every receipt: an in-toto Statement v1. */
export const RECEIPT_TYPE = 'application/vnd.in-toto+json';
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const RUN_PREDICATE_TYPE = 'urn:connected-compute:run-receipt:v1';
export const SETTLEMENT_PREDICATE_TYPE = 'urn:connected-compute:settlement-receipt:v1';
export const PROVENANCE_PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';

const subject = z.array(z.object({ name: z.string(), digest: z.object({ sha256: sha256Hex }) })).min(1);

/**
 * What the filter made of a connection. `address_refused`: the name was granted, but leads to an address that it must not
 * (this machine, its link, a metadata service; for a job's own list also any private network).
 */
export const CONNECTION_VERDICTS = ['allowed', 'not_granted', 'address_refused', 'unresolved', 'unreachable'] as const;
/** One connection that a job with a filtered network made or tried. */
export const connection = z.object({
  host: z.string().max(300),
  port: z.int().min(0).max(65_535),
  verdict: z.enum(CONNECTION_VERDICTS),
  sent_bytes: count,
  received_bytes: count,
});
const stream = z.object({ size_bytes: count, sha256: sha256Hex, truncated: z.boolean() });

/** What a runner says of one attempt, in its own signed words. Readers ignore members that they do not know. */
export const runPredicate = z.object({
  workspace_id: z.string(),
  session_id: z.string(),
  job_id: z.string(),
  job_digest: digest,
  lease_id: z.string(),
  attempt: positive,
  fence: positive,
  /** SHA-256 of the RFC 8785 form of `{argv, shell}`. */
  command_digest: digest,
  /** Names of the environment, sorted; values are never told. */
  environment_names: z.array(z.string()),
  confinement: z.object({
    asked: z.string(),
    network_asked: z.string(),
    /** What was really enforced while the command ran. */
    enforced: z.object({
      files: z.enum(['confined', 'none']),
      /** `not_enforced`: the job could reach what its user can reach. */
      network: z.enum(['none', 'allow_list', 'not_enforced']),
      pid: z.enum(['namespace', 'group']),
      /** Each connection through the filter, at most 200; absent where nothing was filtered. */
      connections: z.array(connection).optional(),
      /** Connections past those; absent where there were none. */
      connections_omitted: positive.optional(),
      /** Digest of the image of a container; absent for a command. */
      image: z.string().optional(),
      /** What ran the container. */
      engine: z.string().max(40).optional(),
      /** Ceilings on all processes of the attempt together; an absent one did not hold. */
      limits: z
        .object({
          by: z.enum(['container', 'cgroup']),
          memory_bytes: positive.optional(),
          processes: positive.optional(),
          cpu_milli: positive.optional(),
        })
        .optional(),
    }),
  }),
  started_at: instant,
  ended_at: instant,
  runtime_ms: count,
  outcome: z.enum(RUNNER_OUTCOMES),
  exit_code: z.int().nullable(),
  signal: z.string().nullable(),
  output_count: count,
  /** SHA-256 of the RFC 8785 form of the list of outputs. */
  outputs_digest: digest,
  /** `sha256` is that of the kept bytes, after redaction. */
  log: z.object({ stdout: stream, stderr: stream }),
  leftovers: count,
  /** How many times a secret was taken out of the output. */
  redactions: count,
  /** Of an agent job: its recorded calls in one hash, the last link of their chain; absent where none was made. */
  actions: z.object({ count: positive, cost_mcu: count, chain: sha256Hex }).optional(),
  runner_version: z.string(),
});
export type RunPredicate = z.infer<typeof runPredicate>;
export const runStatement = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject,
  predicateType: z.literal(RUN_PREDICATE_TYPE),
  predicate: runPredicate,
});
export type RunStatement = z.infer<typeof runStatement>;

/** `late`: a run receipt that came when its lease was over; it changed nothing. */
export const RECEIPT_KINDS = ['run', 'settlement', 'provenance', 'late'] as const;
export type ReceiptKind = (typeof RECEIPT_KINDS)[number];

/** One receipt of a job. `envelope` is null when its bytes are no longer kept; the digest stays. */
export const receiptItem = z.object({
  name: z.string(),
  kind: z.enum(RECEIPT_KINDS),
  lease_id: leaseId,
  attempt: count,
  fence: positive,
  /** Index in the log of the entry that speaks of it. */
  seq: count,
  /** SHA-256 of the receipt's file: the envelope as canonical JSON. */
  sha256: sha256Hex,
  /** `runner` or `plane`. */
  signer: z.enum(['runner', 'plane']),
  replay_path: z.string(),
  statement: z.looseObject({ predicateType: z.string() }).nullable(),
  envelope: dsse.nullable(),
});
export type ReceiptItem = z.infer<typeof receiptItem>;
export const receiptList = z.object({ items: z.array(receiptItem), next_cursor: z.null() });

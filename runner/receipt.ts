import type { KeyObject } from 'node:crypto';
import type { RunPredicate } from '../src-server/contract/receipt.ts';
import type { EnvelopePayload } from '../src-server/contract/runtime.ts';
import type { ActionTally } from './agent/action-recorder.ts';
import { canonicalJson } from './canonical-json.ts';
import { instantOf } from './clock.ts';
import { type Dsse, signDsse } from './dsse.ts';
import { sha256Hex } from './ed25519.ts';
import { programOf } from './job-program.ts';
import { RUNNER_VERSION } from './version.ts';
import type { OutputRef } from './wire.ts';

export const RECEIPT_TYPE = 'application/vnd.in-toto+json';
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** More outputs than this are told by the digest of their list alone, so that a receipt stays under 256 KiB. */
const SUBJECT_LIMIT = 1_000;
export const PREDICATE_TYPE = 'urn:connected-compute:run-receipt:v1';

/** One output stream: what the job wrote in all, and the digest of the part that is kept, after redaction. */
export type StreamReceipt = RunPredicate['log']['stdout'];
/** What was really enforced while the command ran, never what was asked for. */
export type EnforcedConfinement = RunPredicate['confinement']['enforced'];
/** A command in a process group of its own, and nothing else. */
export const UNCONFINED: EnforcedConfinement = { files: 'none', network: 'not_enforced', pid: 'group' };

/** What one attempt came to, as its runner saw it. */
export interface RunRecord {
  outcome: 'succeeded' | 'failed' | 'timed_out' | 'canceled' | 'lost';
  exitCode: number | null;
  signal: string | null;
  startedWallMs: number;
  endedWallMs: number;
  runtimeMs: number;
  /** Names of the job's environment; values are not told. */
  environmentNames: readonly string[];
  outputs: readonly OutputRef[];
  log: { stdout: StreamReceipt; stderr: StreamReceipt };
  /** Processes that could not be ended. */
  leftovers: number;
  confinement: EnforcedConfinement;
  /** How many times a secret was taken out of the output. */
  redactions: number;
  /** Calls of an agent; null where none was made. */
  actions?: ActionTally | null;
}

/** The in-toto Statement v1 of an attempt: its subjects are the job and each output, by digest. */
export function runStatement(payload: EnvelopePayload, record: RunRecord): object {
  const { outputs } = record;
  const subject = [
    { name: `job/${payload.job_id}`, digest: { sha256: payload.digest.replace('sha256:', '') } },
    ...(outputs.length > SUBJECT_LIMIT ? [] : outputs).map(({ path, sha256 }) => ({
      name: `output/${path}`,
      digest: { sha256 },
    })),
  ];
  return { _type: STATEMENT_TYPE, subject, predicateType: PREDICATE_TYPE, predicate: predicateOf(payload, record) };
}

function predicateOf(payload: EnvelopePayload, record: RunRecord): RunPredicate {
  const { argv, shell } = programOf(payload.job);
  return {
    workspace_id: payload.workspace_id,
    session_id: payload.session_id,
    job_id: payload.job_id,
    job_digest: payload.digest,
    lease_id: payload.lease_id,
    attempt: payload.attempt,
    fence: payload.fence,
    command_digest: `sha256:${sha256Hex(canonicalJson({ argv, shell }))}`,
    environment_names: [...record.environmentNames].sort(),
    confinement: {
      asked: payload.job.confinement,
      network_asked: payload.job.network,
      enforced: record.confinement,
    },
    started_at: instantOf(record.startedWallMs),
    ended_at: instantOf(record.endedWallMs),
    runtime_ms: record.runtimeMs,
    outcome: record.outcome,
    exit_code: record.exitCode,
    signal: record.signal,
    output_count: record.outputs.length,
    outputs_digest: `sha256:${sha256Hex(canonicalJson(record.outputs))}`,
    log: record.log,
    leftovers: record.leftovers,
    redactions: record.redactions,
    ...(record.actions == null ? {} : { actions: record.actions }),
    runner_version: RUNNER_VERSION,
  };
}

/** The run receipt: the statement in canonical form, signed by the runner's own key. */
export function runReceipt(payload: EnvelopePayload, record: RunRecord, privateKey: KeyObject): Dsse {
  return signDsse(privateKey, RECEIPT_TYPE, Buffer.from(canonicalJson(runStatement(payload, record))));
}

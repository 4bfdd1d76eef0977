import { createHash } from 'node:crypto';
import type { Dsse } from '../../contract/primitives.ts';
import { ProblemError } from '../../contract/problems.ts';
import { RECEIPT_TYPE, type RunPredicate, runStatement } from '../../contract/receipt.ts';
import type { CompleteRequest } from '../../contract/runtime.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { envelopeBytes, openEnvelopeAsync } from '../../ledger/receipts/dsse.ts';
import { publicKeyOf } from '../../ledger/receipts/ed25519.ts';
import type { Engine } from '../engine.ts';
import type { HotLease } from '../hot/lease.ts';
import { runnerKeyOf } from './runner-key.ts';

/** What a run receipt must say to be the receipt of this attempt. */
export interface ReceiptFacts {
  workspaceId: string;
  sessionId: string;
  /** Base64 of the session's 32 raw key bytes. */
  publicKey: string;
  jobId: string;
  jobDigest: string;
  leaseId: string;
  attempt: number;
  fence: number;
}

/** What the receipt of a live lease must say. */
export function runReceiptFacts(engine: Engine, sessionId: string, lease: HotLease): ReceiptFacts {
  return {
    workspaceId: engine.workspaceId,
    sessionId,
    publicKey: runnerKeyOf(engine, sessionId)?.publicKey ?? '',
    jobId: lease.jobId,
    jobDigest: engine.submitted(lease.jobSeq).digest,
    leaseId: lease.leaseId,
    attempt: lease.attempt,
    fence: lease.fence,
  };
}

/** A receipt that holds: its file's bytes, and the digest that stands in the log. */
export interface CheckedReceipt {
  bytes: Buffer;
  sha256: string;
  /** The calls that it tells of; null where it tells of none. */
  actions: NonNullable<RunPredicate['actions']> | null;
}

/**
 * Checks a run receipt against the session's key, the lease and the settlement that it came with. The signature is
 * verified on another thread.
 * @throws ProblemError `receipt.invalid` that says which member is wrong.
 */
export async function checkRunReceipt(
  receipt: Dsse,
  facts: ReceiptFacts,
  request: CompleteRequest,
): Promise<CheckedReceipt> {
  const key = publicKeyOf(Buffer.from(facts.publicKey, 'base64'));
  const payload = await openEnvelopeAsync(receipt, RECEIPT_TYPE, key);
  if (payload === null) throw invalid('', `is not signed by the key of session ${facts.sessionId} as ${RECEIPT_TYPE}`);
  const { subject, predicate } = read(payload);
  const said: [string, unknown, unknown][] = [
    ['workspace_id', predicate.workspace_id, facts.workspaceId],
    ['session_id', predicate.session_id, facts.sessionId],
    ['job_id', predicate.job_id, facts.jobId],
    ['job_digest', predicate.job_digest, facts.jobDigest],
    ['lease_id', predicate.lease_id, facts.leaseId],
    ['attempt', predicate.attempt, facts.attempt],
    ['fence', predicate.fence, facts.fence],
    ['outcome', predicate.outcome, request.outcome],
    ['exit_code', predicate.exit_code, request.exit_code],
    ['runtime_ms', predicate.runtime_ms, request.usage.runtime_ms],
  ];
  const wrong = said.find(([, is, shouldBe]) => is !== shouldBe);
  if (wrong !== undefined) throw invalid(`/predicate/${wrong[0]}`, `is ${wrong[1]}, and the attempt has ${wrong[2]}`);
  if (subject[0]?.digest.sha256 !== facts.jobDigest.slice('sha256:'.length))
    throw invalid('/subject/0', 'is not the job');
  checkOutputs(predicate, request);
  const bytes = envelopeBytes(receipt);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), actions: predicate.actions ?? null };
}

function read(payload: Buffer) {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    throw invalid('', 'is not JSON');
  }
  const statement = runStatement.safeParse(parsed);
  if (statement.success) return statement.data;
  const [issue] = statement.error.issues;
  throw invalid(`/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'is not an in-toto statement of a run');
}

/** A list that was too long to send is known by its count and digest alone. */
function checkOutputs(predicate: RunPredicate, request: CompleteRequest): void {
  const { outputs } = request;
  if (outputs.length === 0 && predicate.output_count > 0) return;
  const list = outputs.map(({ path, sha256, size_bytes }) => ({ path, sha256, size_bytes }));
  const digest = `sha256:${createHash('sha256').update(canonicalJson(list)).digest('hex')}`;
  if (predicate.output_count !== outputs.length || predicate.outputs_digest !== digest)
    throw invalid('/predicate/outputs_digest', 'is not that of the outputs that came with it');
}

const invalid = (pointer: string, message: string): ProblemError =>
  new ProblemError('receipt.invalid', `Send the receipt of this attempt: ${pointer || 'the receipt'} ${message}.`, {
    errors: [{ pointer: `/run_receipt${pointer}`, message }],
  });

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import type { ActionRequest } from '../../contract/agent.ts';
import { type ArtifactRef, workPath } from '../../contract/job.ts';
import { ARTIFACT_LIMIT_BYTES, LOG_CHUNK_LIMIT_BYTES } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import { type CompleteRequest, completeRequest, failRequest, type logPut } from '../../contract/runtime.ts';
import type { WriteKind } from '../../contract/terms.ts';
import { claimant } from '../../plane/commands/claim-work.ts';
import {
  type EndFacts,
  endAttempt,
  releaseLease,
  repeatedEnd,
  type StoredReceipt,
} from '../../plane/commands/end-attempt.ts';
import { keepLateReceipt, lateReceiptFacts } from '../../plane/commands/keep-late-receipt.ts';
import { recordAction } from '../../plane/commands/record-action.ts';
import { sign } from '../../plane/commands/sign-of-life.ts';
import { startAttempt } from '../../plane/commands/start-attempt.ts';
import { checkRunReceipt, type ReceiptFacts, runReceiptFacts } from '../../plane/evidence/check-run-receipt.ts';
import type { HostedWorkspace } from '../../plane/host.ts';
import type { HotLease } from '../../plane/hot/lease.ts';
import { fenced, noteProgress } from '../../plane/leases.ts';
import type { Settled } from '../../plane/settlement.ts';
import { type Answer, type Call, type Handler, ok, runnerOf } from '../call.ts';
import { validate } from '../problem-answer.ts';
import { bodyChunks } from '../read-body.ts';

/** Bytes of artifact references that an entry takes beside everything else. */
const ARTIFACTS_IN_ENTRY_BYTES = 24 * 1024;
const leaseId = (call: Call): string => call.params.lease_id ?? '';

/** The fence stands before everything that it protects: a stale one beats a bad receipt. */
function guarded(call: Call, fence: number, write: WriteKind): Promise<HotLease> {
  const { sessionId, hosted } = runnerOf(call);
  return hosted.workspace.run((ctx) => {
    const { source } = claimant(ctx, sessionId);
    sign(ctx.engine, source);
    return fenced(ctx.engine, ctx.rejected, sessionId, leaseId(call), fence, write);
  });
}

/** The fence of a body whose other fields were not looked at yet. */
function fenceOf(body: unknown): number {
  const fence = (body as { fence?: unknown } | null)?.fence;
  if (!Number.isSafeInteger(fence) || (fence as number) < 1)
    throw new ProblemError('field.invalid', 'Send the fence of the lease.', {
      errors: [{ pointer: '/fence', message: 'must be a whole number above 0' }],
    });
  return fence as number;
}

async function start(call: Call): Promise<Answer> {
  const { sessionId, hosted } = runnerOf(call);
  return ok(
    await hosted.workspace.run((ctx) => {
      claimant(ctx, sessionId);
      return startAttempt(ctx, sessionId, leaseId(call), (call.body as { fence: number }).fence);
    }),
  );
}

async function progress(call: Call): Promise<Answer> {
  const { fence, percent, message } = call.body as { fence: number; percent?: number; message?: string };
  const lease = await guarded(call, fence, 'progress');
  noteProgress(runnerOf(call).hosted.workspace.engine, lease, percent, message);
  return ok({ ok: true });
}

const settled = ({ seq, jobState, settledMcu }: Settled): Answer =>
  ok({ job_state: jobState, settled_mcu: settledMcu, seq });

async function end(call: Call, write: 'complete' | 'fail'): Promise<Answer> {
  const { hosted } = runnerOf(call);
  const { idempotency } = call;
  if (idempotency !== null) {
    const again = await hosted.workspace.run((ctx) => repeatedEnd(ctx, idempotency));
    if (again !== null) return settled(again);
  }
  try {
    return settled(await settle(call, write));
  } catch (error) {
    // A late end changes nothing, but the signed receipt that came with it is evidence of what ran.
    if (error instanceof ProblemError && error.code === 'conflict.lease_superseded') await keepLate(call);
    throw error;
  }
}

async function settle(call: Call, write: 'complete' | 'fail'): Promise<Settled> {
  const { sessionId, hosted } = runnerOf(call);
  const lease = await guarded(call, fenceOf(call.body), write);
  const request = validate(write === 'complete' ? completeRequest : failRequest, call.body) as CompleteRequest;
  const facts = await factsOf(hosted, sessionId, lease, request);
  return hosted.workspace.run((ctx) =>
    endAttempt(ctx, sessionId, lease.leaseId, request, write, facts, call.idempotency),
  );
}

async function keepLate(call: Call): Promise<void> {
  const { sessionId, hosted } = runnerOf(call);
  const { workspace } = hosted;
  const request = failRequest.safeParse(call.body);
  if (!request.success || request.data.run_receipt === undefined) return;
  const facts = lateReceiptFacts(workspace.engine, sessionId, leaseId(call), request.data.fence);
  if (facts === null) return;
  try {
    const stored = await storeReceipt(hosted, request.data, facts);
    if (stored !== null) await workspace.run((ctx) => keepLateReceipt(ctx, sessionId, leaseId(call), stored));
  } catch (error) {
    // A receipt that does not hold is no evidence; the answer is the fence's in any case.
    if (!(error instanceof ProblemError && error.code === 'receipt.invalid')) throw error;
  }
}

/** @returns the receipt, whose file is on disk under its digest; null when none was sent. */
async function storeReceipt(
  hosted: HostedWorkspace,
  request: CompleteRequest,
  facts: ReceiptFacts,
): Promise<StoredReceipt | null> {
  if (request.run_receipt === undefined) return null;
  const { bytes, ...receipt } = await checkRunReceipt(request.run_receipt, facts, request);
  await hosted.blobs.put(bytes, { expectedSha256: receipt.sha256, maxBytes: bytes.length });
  return receipt;
}

/** Logs are on disk before the settlement, and every declared artifact is there. */
async function factsOf(
  hosted: HostedWorkspace,
  sessionId: string,
  lease: HotLease,
  request: CompleteRequest,
): Promise<EndFacts> {
  const artifacts: ArtifactRef[] = [];
  const seen = new Set<string>();
  for (const [index, { path, sha256, size_bytes }] of request.outputs.entries()) {
    const pointer = `/outputs/${index}`;
    if (seen.has(path.toLowerCase()))
      throw new ProblemError('artifact.path_unsafe', `Name ${path} once: case does not tell files apart everywhere.`, {
        errors: [{ pointer, message: 'stands twice' }],
      });
    seen.add(path.toLowerCase());
    if ((await hosted.blobs.sizeOf(sha256)) !== size_bytes) {
      throw new ProblemError('digest.mismatch', `Upload the artifact ${path} before completing.`, {
        errors: [{ pointer, message: 'is not stored with this digest and size' }],
      });
    }
    artifacts.push({ path, sha256, size_bytes });
  }
  const runReceipt = await storeReceipt(hosted, request, runReceiptFacts(hosted.workspace.engine, sessionId, lease));
  const list = Buffer.from(JSON.stringify(artifacts));
  const output = await hosted.runLogs.finish(lease.assignmentRunId, request.log);
  if (list.length <= ARTIFACTS_IN_ENTRY_BYTES) return { output, artifacts, runReceipt };
  const stored = await hosted.blobs.put(list, { maxBytes: list.length });
  const fitting = artifacts.slice(0, Math.floor((artifacts.length * ARTIFACTS_IN_ENTRY_BYTES) / list.length / 2));
  return {
    output,
    artifacts: fitting,
    artifactList: { count: artifacts.length, sha256: stored.sha256 },
    runReceipt,
  };
}

async function release(call: Call): Promise<Answer> {
  const { sessionId, hosted } = runnerOf(call);
  const { idempotency } = call;
  const { fence, reason } = call.body as { fence: number; reason?: string };
  if (idempotency !== null) {
    const again = await hosted.workspace.run((ctx) => repeatedEnd(ctx, idempotency));
    if (again !== null) return settled(again);
  }
  return settled(
    await hosted.workspace.run((ctx) => {
      claimant(ctx, sessionId);
      return releaseLease(ctx, sessionId, leaseId(call), fence, reason, idempotency);
    }),
  );
}

async function action(call: Call): Promise<Answer> {
  const { sessionId, hosted } = runnerOf(call);
  return ok(
    await hosted.workspace.run((ctx) => {
      claimant(ctx, sessionId);
      return recordAction(ctx, sessionId, leaseId(call), call.body as ActionRequest);
    }),
  );
}

/** Node skips what is not base64; bytes would get lost in silence. */
function decoded(data: string, encoding: 'utf8' | 'base64'): Buffer {
  const bytes = Buffer.from(data, encoding);
  if (encoding === 'base64' && bytes.toString('base64') !== data)
    throw new ProblemError('field.invalid', 'Mend /data: it is not base64.', {
      errors: [{ pointer: '/data', message: 'must be base64 with its padding' }],
    });
  return bytes;
}

async function putLog(call: Call): Promise<Answer> {
  const { hosted } = runnerOf(call);
  const { fence, stream, offset, data, encoding } = call.body as z.infer<typeof logPut>;
  const lease = await guarded(call, fence, 'log');
  const bytes = decoded(data, encoding);
  if (bytes.length > LOG_CHUNK_LIMIT_BYTES)
    throw new ProblemError('body.too_large', `Send at most ${LOG_CHUNK_LIMIT_BYTES} bytes of output at once.`);
  const { nextOffset, durableOffset } = await hosted.runLogs.append(lease.assignmentRunId, stream, offset, bytes);
  lease.logSizes[stream] = Math.max(lease.logSizes[stream], nextOffset);
  if (bytes.length > 0) noteProgress(hosted.workspace.engine, lease);
  return ok({ next_offset: nextOffset, durable_offset: durableOffset });
}

async function putArtifact(call: Call): Promise<Answer> {
  const { hosted } = runnerOf(call);
  const fence = Number(call.request.headers['cc-fence']);
  await guarded(call, fenceOf({ fence }), 'artifact');
  const path = call.params.path ?? '';
  const checked = workPath.safeParse(path);
  if (!checked.success)
    throw new ProblemError(
      'artifact.path_unsafe',
      `This path is not taken: ${checked.error.issues[0]?.message ?? 'it is not safe'}.`,
    );
  const expected = /^sha-256=:([A-Za-z0-9+/]{43}=):$/.exec(String(call.request.headers['repr-digest'] ?? ''))?.[1];
  if (expected === undefined)
    throw new ProblemError('field.invalid', 'Send the header Repr-Digest: sha-256=:…: with the artifact.', {
      errors: [{ pointer: 'Repr-Digest', message: 'is required' }],
    });
  const stored = await hosted.blobs.put(Readable.from(bodyChunks(call.request)), {
    expectedSha256: Buffer.from(expected, 'base64').toString('hex'),
    maxBytes: ARTIFACT_LIMIT_BYTES,
  });
  // The upload may have outlived its lease: then the runner has to hear of it now, not at the next renewal.
  const lease = await guarded(call, fence, 'artifact');
  noteProgress(hosted.workspace.engine, lease);
  return ok({ path, sha256: stored.sha256, size_bytes: stored.sizeBytes });
}

/** Only the inputs of the job that the lease is for. */
async function input(call: Call): Promise<Answer> {
  const { sessionId, hosted } = runnerOf(call);
  const { engine } = hosted.workspace;
  const lease = engine.hot.lease(leaseId(call));
  const sha256 = call.params.sha256 ?? '';
  const isOurs =
    lease?.sessionId === sessionId && engine.submitted(lease.jobSeq).spec.inputs.some((i) => i.sha256 === sha256);
  const sizeBytes = isOurs ? await hosted.blobs.sizeOf(sha256) : null;
  if (sizeBytes === null) throw new ProblemError('not_found', 'There is no such input of this lease.');
  call.response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': sizeBytes,
    'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
  });
  await pipeline(hosted.blobs.open(sha256), call.response).catch(() => call.response.destroy());
  return 'handled';
}

/** Routes about one attempt; every write passes its fence. */
export const attemptHandlers = {
  start,
  progress,
  complete: (call: Call) => end(call, 'complete'),
  fail: (call: Call) => end(call, 'fail'),
  release,
  action,
  logPut: putLog,
  artifactPut: putArtifact,
  input,
} satisfies Record<string, Handler>;

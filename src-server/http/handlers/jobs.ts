import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import type { UnblockBody } from '../../contract/decision.ts';
import {
  type JobPatch,
  type JobSpec,
  type JobSubmit,
  type jobBulk,
  type jobListQuery,
  type jobLogQuery,
  jobSubmit,
} from '../../contract/job.ts';
import { SECTION_OF_KIND } from '../../contract/job-program.ts';
import { ARTIFACT_LIMIT_BYTES } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import { cancelJob } from '../../plane/commands/cancel-job.ts';
import { checkEditable, editJob } from '../../plane/commands/edit-job.ts';
import { checkSpec, repeatedSubmit, submitJob } from '../../plane/commands/submit-job.ts';
import { unblockJob } from '../../plane/commands/unblock-job.ts';
import { isOpen } from '../../plane/engine.ts';
import { receiptItems } from '../../plane/evidence/receipts-of-job.ts';
import type { HostedWorkspace } from '../../plane/host.ts';
import { actionsOf } from '../../plane/views/actions-view.ts';
import { attemptsView } from '../../plane/views/attempt-view.ts';
import { decisionsView } from '../../plane/views/decision-view.ts';
import { explainJob, explainSpec } from '../../plane/views/explain-view.ts';
import { expectSearch, jobAtSubmit, jobView, listJobsView } from '../../plane/views/job-view.ts';
import { RIGHT_OF_CHANGE } from '../../plane/views/unblock-view.ts';
import { type Answer, actorOf, type Call, type Handler, hostedOf, ok, readAnswer, requireRight } from '../call.ts';
import { logFault } from '../fault-log.ts';
import { readJobLog } from '../job-log.ts';
import { problemOf, validate } from '../problem-answer.ts';
import { bodyChunks } from '../read-body.ts';

const id = (call: Call): string => call.params.job_id ?? '';
type Page = { cursor?: string; limit: number };

/** Inputs become blobs, on disk before the job is recorded. */
async function specOf(hosted: HostedWorkspace, submit: JobSubmit, isStored: boolean): Promise<JobSpec> {
  const inputs: JobSpec['inputs'] = [];
  const seen = new Set<string>();
  for (const [index, input] of submit.inputs.entries()) {
    const pointer = `/inputs/${index}`;
    if (seen.has(input.path.toLowerCase()))
      throw new ProblemError('field.invalid', `Name the input ${input.path} once.`, {
        errors: [{ pointer, message: 'stands twice' }],
      });
    seen.add(input.path.toLowerCase());
    if ('sha256' in input) {
      const sizeBytes = await hosted.blobs.sizeOf(input.sha256);
      if (sizeBytes === null)
        throw new ProblemError('input.unknown', `Store the bytes of ${input.path} first: PUT …/blobs/${input.sha256}`, {
          errors: [{ pointer, message: 'is not stored here' }],
        });
      inputs.push({ path: input.path, sha256: input.sha256, size_bytes: sizeBytes });
      continue;
    }
    const bytes = 'text' in input ? Buffer.from(input.text) : Buffer.from(input.base64, 'base64');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (isStored && (await hosted.blobs.sizeOf(sha256)) === null)
      await hosted.blobs.put(bytes, { expectedSha256: sha256, maxBytes: bytes.length });
    inputs.push({ path: input.path, sha256, size_bytes: bytes.length });
  }
  const { checkout, ...rest } = submit;
  return { ...rest, ...(checkout === undefined ? {} : { checkout }), inputs };
}

async function submit(call: Call): Promise<Answer> {
  const hosted = hostedOf(call);
  const { idempotency } = call;
  if (idempotency === null) throw new Error('a submit without its key');
  const again = await hosted.workspace.run((ctx) => repeatedSubmit(ctx, idempotency));
  if (again !== null) return { status: 201, json: jobAtSubmit(hosted.workspace.engine, again) };
  const spec = await specOf(hosted, call.body as JobSubmit, true);
  const json = await hosted.workspace.run((ctx) => {
    // Another request with the key may have come while the inputs were stored.
    const seq = repeatedSubmit(ctx, idempotency) ?? submitJob(ctx, actorOf(call), spec, idempotency).seq;
    return jobAtSubmit(ctx.engine, seq);
  });
  return { status: 201, json };
}

async function bulk(call: Call): Promise<Answer> {
  const hosted = hostedOf(call);
  const { items } = call.body as z.output<typeof jobBulk>;
  const refused = (error: unknown) => {
    if (!(error instanceof ProblemError)) logFault(call.requestId, call.route, error);
    const problem = problemOf(error, call.requestId);
    return { status: problem.status, problem };
  };
  const results = [];
  for (const item of items) {
    try {
      const spec = await specOf(hosted, validate(jobSubmit, item), true);
      const made = hosted.workspace.run((ctx) => submitJob(ctx, actorOf(call), spec, null).jobId);
      // Handled here already: a refusal that nobody listens to while the next inputs are stored would end the process.
      results.push(made.then((jobId) => ({ status: 201 as const, job_id: jobId }), refused));
    } catch (error) {
      results.push(refused(error));
    }
  }
  return ok({ results: await Promise.all(results) });
}

async function preview(call: Call): Promise<Answer> {
  const hosted = hostedOf(call);
  const spec = await specOf(hosted, call.body as JobSubmit, false);
  checkSpec(spec);
  return readAnswer(call, ({ workspace }) => explainSpec(workspace.engine, spec));
}

async function log(call: Call): Promise<Answer> {
  const hosted = hostedOf(call);
  const part = await readJobLog(call, hosted, id(call), call.query as z.output<typeof jobLogQuery>);
  const { seq } = await hosted.workspace.read(() => null);
  return ok(part, { 'cc-seq': String(seq) });
}

async function receipts(call: Call): Promise<Answer> {
  const { workspace, blobs } = hostedOf(call);
  const { value: lastSeq, seq } = await workspace.read((engine) => engine.job(id(call)).lastSeq);
  const items = await receiptItems(workspace.engine, lastSeq, call.served.host.key, blobs);
  return ok({ items, next_cursor: null }, { 'cc-seq': String(seq) });
}

async function cancel(call: Call): Promise<Answer> {
  const { workspace } = hostedOf(call);
  return ok(
    await workspace.run((ctx) => {
      cancelJob(ctx, actorOf(call), id(call), (call.body as { reason?: string }).reason ?? null);
      return jobView(ctx.engine, ctx.engine.job(id(call)));
    }),
  );
}

async function unblock(call: Call): Promise<Answer> {
  const body = call.body as UnblockBody;
  const { workspace } = hostedOf(call);
  requireRight(call, RIGHT_OF_CHANGE[body.change]);
  return ok(
    await workspace.run((ctx) => {
      const job = ctx.engine.job(id(call));
      // What is submitted again is submitted by whoever may do that.
      if (job.state === 'refused') requireRight(call, 'operate');
      const done = unblockJob(ctx, actorOf(call), id(call), body);
      return {
        change: body.change,
        target: body.target,
        applied: done.isApplied,
        sentence: done.sentence,
        next: done.next,
        job_id: done.jobId,
        explain: explainJob(ctx.engine, ctx.engine.job(done.jobId)),
      };
    }),
  );
}

async function retry(call: Call): Promise<Answer> {
  const { workspace } = hostedOf(call);
  const json = await workspace.run((ctx) => {
    const job = ctx.engine.job(id(call));
    if (isOpen(job.state))
      throw new ProblemError(
        'conflict.state',
        `The job is ${job.state}; only a job that is over can be submitted again.`,
      );
    const { spec } = ctx.engine.submitted(job.seq);
    return jobAtSubmit(ctx.engine, submitJob(ctx, actorOf(call), spec, null, job.jobId).seq);
  });
  return { status: 201, json };
}

/** What is left out of the body stays as it is; inputs that stay are named by digest, so they need not be sent again. */
async function patch(call: Call): Promise<Answer> {
  const hosted = hostedOf(call);
  const { base_digest: baseDigest, ...changes } = call.body as JobPatch;
  const now = await hosted.workspace.run((ctx) => {
    checkEditable(ctx, id(call), baseDigest);
    return ctx.engine.submitted(ctx.engine.job(id(call)).seq).spec;
  });
  const kept: Record<string, unknown> = { ...now, inputs: now.inputs.map(({ path, sha256 }) => ({ path, sha256 })) };
  // What runs is told anew where the kind changes: the section of the old one belongs to nothing.
  const section = SECTION_OF_KIND[now.kind];
  if (section !== null && changes.kind !== undefined && changes.kind !== now.kind) delete kept[section];
  const spec = await specOf(hosted, validate(jobSubmit, { ...kept, ...changes }), true);
  return ok(
    await hosted.workspace.run((ctx) => {
      editJob(ctx, actorOf(call), id(call), baseDigest, spec);
      return jobView(ctx.engine, ctx.engine.job(id(call)));
    }),
  );
}

async function artifact(call: Call): Promise<Answer> {
  const { blobs } = hostedOf(call);
  const sha256 = call.params.sha256 ?? '';
  const sizeBytes = await blobs.sizeOf(sha256);
  if (sizeBytes === null) throw new ProblemError('not_found', 'There are no such bytes in this workspace.');
  call.response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': sizeBytes,
    'content-disposition': `attachment; filename="${sha256.slice(0, 16)}.bin"`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  });
  await pipeline(blobs.open(sha256), call.response).catch(() => call.response.destroy());
  return 'handled';
}

async function putBlob(call: Call): Promise<Answer> {
  const { blobs } = hostedOf(call);
  const stored = await blobs.put(Readable.from(bodyChunks(call.request)), {
    expectedSha256: call.params.sha256 ?? '',
    maxBytes: ARTIFACT_LIMIT_BYTES,
  });
  return ok({ sha256: stored.sha256, size_bytes: stored.sizeBytes });
}

export const jobHandlers = {
  jobs: (call) =>
    readAnswer(call, ({ workspace: { engine } }) => {
      expectSearch(engine, call.served.host.timers);
      return listJobsView(engine, call.query as z.output<typeof jobListQuery>);
    }),
  jobSubmit: submit,
  jobBulk: bulk,
  jobPreview: preview,
  job: (call) => readAnswer(call, ({ workspace }) => jobView(workspace.engine, workspace.engine.job(id(call)))),
  jobDecisions: (call) =>
    readAnswer(call, ({ workspace }) =>
      decisionsView(workspace.engine, workspace.engine.job(id(call)), call.query as Page),
    ),
  jobExplain: (call) =>
    readAnswer(call, ({ workspace }) => explainJob(workspace.engine, workspace.engine.job(id(call)))),
  jobAttempts: (call) =>
    readAnswer(call, ({ workspace }) => ({
      items: attemptsView(workspace.engine, workspace.engine.job(id(call))),
      next_cursor: null,
    })),
  jobReceipts: receipts,
  jobActions: (call) =>
    readAnswer(call, ({ workspace }) => ({
      items: actionsOf(workspace.engine, workspace.engine.job(id(call))),
      next_cursor: null,
    })),
  jobLog: log,
  jobPatch: patch,
  jobCancel: cancel,
  jobRetry: retry,
  jobUnblock: unblock,
  artifact,
  blobPut: putBlob,
} satisfies Record<string, Handler>;

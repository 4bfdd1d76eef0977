import { createHash } from 'node:crypto';
import type { JobSpec } from '../../contract/job.ts';
import { programOf, SECTION_OF_KIND } from '../../contract/job-program.ts';
import { JOB_SPEC_LIMIT_BYTES } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { requirementOf, signatureOf } from '../../domain/routing/requirement.ts';
import { armApproval, holdForApproval } from '../approval-gate.ts';
import { idempotencyRef } from '../grants.ts';
import { becomeReady } from '../ready.ts';
import type { Actor, CommandContext, Idempotency } from './context.ts';

/** Paths and digests of a job's inputs stand in its entry, beside up to 32 KiB of specification. */
const INPUT_LIST_LIMIT_BYTES = 24 * 1024;

/** SHA-256 over the canonical form of the specification with its defaults filled and inputs by digest. */
export const digestOf = (spec: JobSpec): string =>
  `sha256:${createHash('sha256').update(canonicalJson(spec)).digest('hex')}`;

/** Fields whose rules are not built yet are refused, never ignored. */
function refuseUnbuilt(spec: JobSpec): void {
  const unbuilt = (pointer: string, detail: string): never => {
    throw new ProblemError('feature.not_built', `${detail} Leave the field out.`, {
      errors: [{ pointer, message: 'has no rule yet' }],
    });
  };
  if (spec.kind !== 'kubernetes') return;
  if (spec.network !== 'none') unbuilt('/network', 'A job in a cluster has no network, and is granted no hosts.');
  if (spec.limits?.processes !== undefined)
    unbuilt('/limits/processes', 'A cluster holds no number of processes for one pod.');
}

/** What runs stands in the section of the job's kind, and no other section beside it, which nobody would read. */
function refuseOtherSections(spec: JobSpec): void {
  for (const [kind, section] of Object.entries(SECTION_OF_KIND)) {
    if (section === null || (spec[section] !== undefined) === (kind === spec.kind)) continue;
    const isMissing = kind === spec.kind;
    throw new ProblemError(
      'field.invalid',
      isMissing
        ? `Say what runs: a ${kind} job needs ${section}.`
        : `Leave ${section} out: the job is of kind ${spec.kind}.`,
      { errors: [{ pointer: `/${section}`, message: isMissing ? 'is required' : 'belongs to another kind' }] },
    );
  }
  const { argv, shell } = programOf(spec);
  if (!shell || argv.length > 0) return;
  throw new ProblemError('field.invalid', 'Give the line that the shell reads, or leave shell out.', {
    errors: [{ pointer: `/${spec.kind}/argv`, message: 'must not be empty with shell' }],
  });
}

/** Rules of an agent that its form cannot say. */
function refuseUngoverned({ mcp, approval }: JobSpec): void {
  if (mcp === undefined) return;
  const asking = Object.entries(mcp.tools).find(([, rule]) => rule?.rule === 'ask');
  if (asking === undefined || approval?.when === 'on_request') return;
  throw new ProblemError('field.invalid', `Say approval {"when":"on_request"}: ${asking[0]} asks a person.`, {
    errors: [{ pointer: '/approval', message: 'must be on_request where a tool asks' }],
  });
}

/** A name of the environment that is a secret's too would hide which of the two the command gets. */
function refuseDoubleNames(spec: JobSpec): void {
  const twice = spec.secrets.findIndex((name) => Object.hasOwn(programOf(spec).env, name) || name.startsWith('CC_'));
  if (twice < 0) return;
  throw new ProblemError(
    'field.invalid',
    `Name the secret otherwise: ${spec.secrets[twice]} is taken in env or by the runner.`,
    {
      errors: [{ pointer: `/secrets/${twice}`, message: 'is taken' }],
    },
  );
}

/** Checks a specification beyond its form. @throws ProblemError `feature.not_built`, `field.invalid`, `body.too_large`. */
export function checkSpec(spec: JobSpec): void {
  refuseUnbuilt(spec);
  refuseOtherSections(spec);
  refuseUngoverned(spec);
  refuseDoubleNames(spec);
  const bytes = Buffer.byteLength(canonicalJson({ ...spec, inputs: [] }));
  const listBytes = Buffer.byteLength(canonicalJson(spec.inputs));
  if (listBytes > INPUT_LIST_LIMIT_BYTES)
    throw new ProblemError(
      'body.too_large',
      `The list of inputs is ${listBytes} bytes, the limit is ${INPUT_LIST_LIMIT_BYTES}. Pack them into one archive.`,
    );
  if (bytes > JOB_SPEC_LIMIT_BYTES) {
    throw new ProblemError(
      'body.too_large',
      `The job without its inputs is ${bytes} bytes, the limit is ${JOB_SPEC_LIMIT_BYTES}. Move long text into inputs.`,
    );
  }
}

/** Records a job, offers it to the sources that ask now, and returns its sequence. Inputs are stored already. */
export function submitJob(
  ctx: CommandContext,
  actor: Actor,
  spec: JobSpec,
  idempotency: Idempotency | null,
  retryOf: string | null = null,
): { jobId: string; seq: number } {
  const { engine } = ctx;
  checkSpec(spec);
  const jobId = engine.ids.make('job');
  const digest = digestOf(spec);
  const signature = signatureOf(requirementOf(spec));
  const hold = holdForApproval(engine, jobId, spec, digest);
  const ref = {
    job: jobId,
    ...(hold === null ? {} : { job_seq: engine.nextSeq }),
    bucket: signature,
    ...idempotencyRef(idempotency),
  };
  const seq = engine.emit(
    actor,
    [{ type: 'job.submitted', body: { job_id: jobId, spec, digest, retry_of: retryOf } }, ...(hold?.events ?? [])],
    ref,
  );
  engine.rememberSpec(seq, { jobId, spec, digest, retryOf, submittedBy: actor.id });
  if (hold !== null) armApproval(engine, hold.approvalId, hold.expiresMs);
  becomeReady(engine, seq);
  return { jobId, seq };
}

/** The job of an earlier submit with this key; null when the key is new. */
export function repeatedSubmit(ctx: CommandContext, idempotency: Idempotency): number | null {
  const [row] = ctx.engine.entriesOfKey(idempotency.key);
  if (row === undefined) return null;
  if (row.request !== idempotency.request)
    throw new ProblemError('idempotency.key_reused', 'Use a new Idempotency-Key for another job.');
  return row.seq;
}

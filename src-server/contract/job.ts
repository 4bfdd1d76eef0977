import { z } from 'zod';
import { PRIVATE_NETWORK } from './admission.ts';
import { AGENT_CALLS_DEFAULT, AGENT_CALLS_MAX, agentTools } from './agent.ts';
import { jobApproval } from './approval.ts';
import { budgetCheck } from './decision.ts';
import { assignmentRunId, decisionId, jobId, leaseId, sourceId } from './ids.ts';
import { BULK_ITEMS_MAX, SAFE_INTEGER_MAX } from './limits.ts';
import {
  count,
  digest,
  idempotencyKey,
  instant,
  labels,
  listOf,
  positive,
  queryCursor,
  queryLimit,
  reason,
  sha256Hex,
  text,
  wuId,
} from './primitives.ts';
import { problem } from './problems.ts';
import {
  ATTEMPT_OUTCOMES,
  CONFINEMENTS,
  computeClass,
  HOLD_REASONS,
  JOB_KINDS,
  JOB_STATES,
  LEASE_STATES,
  SOURCE_KINDS,
} from './terms.ts';

/** A path below the work directory: relative, forward slashes, no `..`, no drive, no device name. */
export const workPath = z
  .string()
  .min(1)
  .max(512)
  .refine((p) => !/^[/\\]|\\|^[A-Za-z]:|[\u0000-\u001f]/.test(p), 'must be a relative path with forward slashes')
  .refine(
    (p) => p.split('/').every((s) => s !== '' && s !== '.' && s !== '..'),
    'must not hold empty, . or .. segments',
  )
  .refine(
    (p) => !p.split('/').some((s) => /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(s) || /[. ]$/.test(s)),
    'must not be a device name or end in a dot or a space',
  );

/** Inline inputs become blobs before the job is recorded; a digest names a blob that is stored already. */
export const jobInput = z.union(
  [
    z.strictObject({ path: workPath, text: z.string().max(1_000_000) }),
    z.strictObject({ path: workPath, base64: z.base64().max(1_400_000) }),
    z.strictObject({ path: workPath, sha256: sha256Hex }),
  ],
  'must hold a path and one of text, base64 and sha256, each in its form',
);

const command = z.strictObject({
  /** Program and arguments; with `shell: true` one string that the shell reads. */
  argv: z.array(text(8_192)).min(1).max(256),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be a name of a variable like CI'), text(8_192))
    .default({}),
  shell: z.boolean().default(false),
});

/** An image by the digest of its manifest, with no tag: a name alone may be another image tomorrow. */
export const imageByDigest = z
  .string()
  .max(400)
  .regex(
    /^[a-z0-9][a-z0-9._-]*(:\d{1,5})?(\/[a-z0-9][a-z0-9._-]*)*@sha256:[0-9a-f]{64}$/,
    'must name an image with its digest, like registry.example/tools/builder@sha256:…',
  );

/** What runs inside an image. `argv` empty: what the image itself starts. */
const image = z.strictObject({
  image: imageByDigest,
  argv: z.array(text(8_192)).max(256).default([]),
  env: command.shape.env,
  shell: command.shape.shell,
});

/** What runs inside an image in a cluster. `argv` is never empty: what an image starts by itself is not known to the runner. */
const clusterImage = image.extend({ argv: command.shape.argv });

/** An agent's program, and what it may do: tools by name, with their rule and price. */
const agent = z.strictObject({
  ...command.shape,
  tools: agentTools,
  /** Calls of one attempt, refused ones too; after the last one the next is refused. */
  max_calls: z.int().min(1).max(AGENT_CALLS_MAX).default(AGENT_CALLS_DEFAULT),
});

/** Ceilings on what one attempt may take at once; what is left out gets the source's own. */
const jobLimits = z.strictObject({
  memory_bytes: z
    .int()
    .min(16 * 1024 ** 2)
    .max(1024 ** 4)
    .optional(),
  processes: z.int().min(1).max(32_768).optional(),
  /** 1000 is one core. */
  cpu_milli: z.int().min(50).max(256_000).optional(),
});
export type JobLimits = z.infer<typeof jobLimits>;

/** The files of one commit of a repository, before the inputs are laid over them. */
const checkout = z.strictObject({
  /** Plain https, without credentials, query or fragment: other addresses make git start programs or read files. */
  repo: z
    .string()
    .max(500)
    .regex(
      /^https:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?\/[A-Za-z0-9._~/%+-]*$/,
      'must be https://host/path',
    ),
  /** The whole hash: a branch or a tag may be another commit tomorrow. */
  commit: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'must be the whole hash of a commit'),
});

/** POST /jobs. Defaults are filled before the digest is taken, so that the digest names what really runs. */
export const jobSubmit = z.strictObject({
  wu_id: wuId,
  title: text(200).refine((s) => s.trim().length > 0, 'must not be empty'),
  kind: z.enum(JOB_KINDS).default('command'),
  /** Required by kind `command`, refused with any other. */
  command: command.optional(),
  /** Required by kind `container`, refused with any other. */
  container: image.optional(),
  /** Required by kind `kubernetes`, refused with any other. */
  kubernetes: clusterImage.optional(),
  /** Required by kind `mcp`, refused with any other. */
  mcp: agent.optional(),
  limits: jobLimits.optional(),
  inputs: z.array(jobInput).max(1_000).default([]),
  checkout: checkout.optional(),
  outputs: z.array(workPath).max(100).default([]),
  /** Names only: the values stand on the source, in the environment of the command under the same names. */
  secrets: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be named like an environment variable'))
    .max(50)
    .refine((names) => new Set(names).size === names.length, 'must name each secret once')
    .default([]),
  compute_class: computeClass.default('cpu-small'),
  labels: labels.default({}),
  /** 0 to 100, higher first. */
  priority: z
    .int()
    .min(0)
    .max(100)
    .refine((n) => !Object.is(n, -0), 'must not be -0')
    .default(50),
  network: z
    .union([
      z.enum(['none', 'egress']),
      z.string().regex(PRIVATE_NETWORK, 'must be none, egress or like private:registry'),
    ])
    .default('none'),
  egress: z
    .array(z.string().regex(/^[a-z0-9.-]{1,253}:\d{1,5}$/, 'must be like registry.example:443'))
    .max(50)
    .default([]),
  confinement: z.enum(CONFINEMENTS).default('preferred'),
  max_runtime_ms: z
    .int()
    .min(1_000)
    .max(7 * 86_400_000)
    .default(600_000),
  max_attempts: z.int().min(1).max(20).default(3),
  /** No output and no progress for this long ends the attempt; null turns it off. */
  stall_ms: z.int().min(1_000).max(86_400_000).nullable().default(120_000),
  max_queue_ms: z
    .int()
    .min(1_000)
    .max(30 * 86_400_000)
    .nullable()
    .default(null),
  final_exit_codes: z.array(z.int().min(1).max(255)).max(64).default([]),
  budget: z.strictObject({ extras_mcu: count.default(0) }).default({ extras_mcu: 0 }),
  on_refusal: z.enum(['refuse', 'hold']).default('refuse'),
  approval: jobApproval.nullable().default(null),
});
export type JobSubmit = z.infer<typeof jobSubmit>;

/** Every field of a submit, without its default: what is left out stays as it is. */
const patchShape = Object.fromEntries(
  Object.entries(jobSubmit.shape).map(([name, field]) => [
    name,
    (field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field).optional(),
  ]),
) as unknown as Record<keyof JobSubmit, z.ZodType>;
/** PATCH /jobs/{id}. `base_digest`: the digest of the job that was looked at; another one is refused. */
export const jobPatch = z.strictObject({ base_digest: digest, ...patchShape });
export type JobPatch = { base_digest: string } & Partial<JobSubmit>;

/** The job as it is digested, logged and handed to the runner: inputs only by digest. */
export const jobSpec = z.object({
  ...jobSubmit.shape,
  inputs: z.array(z.object({ path: workPath, sha256: sha256Hex, size_bytes: count })),
});
export type JobSpec = z.infer<typeof jobSpec>;

export const artifactRef = z.object({ path: z.string(), sha256: sha256Hex, size_bytes: count });
export type ArtifactRef = z.infer<typeof artifactRef>;
const streamOutput = z.object({ size_bytes: count, sha256: sha256Hex.nullable(), truncated: z.boolean() });

/** One try at a job: from the grant of its lease to the lease's end. A grant that lapsed shows with `started_at: null`. */
export const attempt = z.object({
  attempt: count,
  lease_id: leaseId,
  fence: positive,
  source_id: sourceId,
  source_name: z.string(),
  assignment_run_id: assignmentRunId,
  compute_class: computeClass,
  state: z.enum(LEASE_STATES),
  outcome: z.enum(ATTEMPT_OUTCOMES).nullable(),
  exit_code: z.int().nullable(),
  granted_at: instant,
  started_at: instant.nullable(),
  ended_at: instant.nullable(),
  /** Why it ended, in a sentence; null while it lives. */
  end_reason: z.string().nullable(),
  renewals: count,
  cost_mcu: count,
  artifacts: z.array(artifactRef),
  output: z.object({ stdout: streamOutput, stderr: streamOutput }).nullable(),
  has_run_receipt: z.boolean(),
  /** What its receipt says against the plane's own record, in a sentence; absent where the two agree. */
  receipt_problem: z.string().optional(),
  /** Late writes that the fence refused, newest last. */
  rejected_writes: z.array(z.object({ at: instant, write: z.string(), fence: positive, current_fence: positive })),
  retry_delay_ms: count.nullable(),
});
export type Attempt = z.infer<typeof attempt>;

/** Why a job was refused; a refusal for budget carries its numbers too. */
export const refusal = z.object({ code: z.string(), sentence: z.string(), ...budgetCheck.partial().shape }).loose();

export const jobListItem = z.object({
  job_id: jobId,
  seq: count,
  wu_id: wuId,
  title: z.string(),
  state: z.enum(JOB_STATES),
  hold: z.enum(HOLD_REASONS).nullable(),
  /** True between a cancel and the process being gone. */
  stopping: z.boolean(),
  /** What a running job waits for; it keeps its lease meanwhile. */
  waiting_on: z.enum(['approval']).nullable(),
  why: z.string(),
  compute_class: computeClass,
  labels,
  priority: z.int(),
  attempt: count,
  max_attempts: positive,
  source_id: sourceId.nullable(),
  source_name: z.string().nullable(),
  source_kind: z.enum(SOURCE_KINDS).nullable(),
  lease_id: leaseId.nullable(),
  created_at: instant,
  started_at: instant.nullable(),
  finished_at: instant.nullable(),
});
export type JobListItem = z.infer<typeof jobListItem>;

export const job = z.object({
  ...jobListItem.shape,
  /** The full specification with defaults filled. */
  spec: jobSpec,
  submitted_by: z.string(),
  decision_id: decisionId.nullable(),
  policy_version: count.nullable(),
  digest,
  network: z.string(),
  attempts: z.array(attempt),
  refusal: refusal.nullable(),
  retry_of: jobId.nullable(),
  /** When a retry's backoff ends, in ms from now; null when it does not wait for one. */
  not_before_ms: count.nullable(),
  /** The approval that somebody has to answer now: of a held job, or of a run that asks midway. */
  approval_id: z.string().nullable(),
  /** The workspace as it was after the newest entry that speaks of the job. */
  replay_path: z.string(),
});
export type Job = z.infer<typeof job>;

export const jobListQuery = z.strictObject({
  state: z.string().max(120).optional(),
  source_id: sourceId.optional(),
  wu_id: wuId.optional(),
  compute_class: computeClass.optional(),
  /** Searches WU and title. */
  q: text(200).optional(),
  cursor: queryCursor.optional(),
  limit: queryLimit,
});
export const jobList = listOf(jobListItem).extend({
  /** Jobs per state in the whole workspace, for the filter's counts. */
  counts: z.record(z.enum(JOB_STATES), count),
});
export type JobList = z.infer<typeof jobList>;

export const jobBulk = z.strictObject({
  items: z.array(z.unknown()).min(1).max(BULK_ITEMS_MAX),
});
export const jobBulkResult = z.object({
  results: z.array(
    z.union([z.object({ status: z.literal(201), job_id: jobId }), z.object({ status: z.int(), problem })]),
  ),
});
export const reasonBody = z.strictObject({ reason: reason.optional() }).default({});

export const jobLogQuery = z.strictObject({
  stream: z.enum(['stdout', 'stderr']).default('stdout'),
  attempt: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .optional(),
  lease_id: leaseId.optional(),
  offset: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().max(SAFE_INTEGER_MAX))
    .default(0),
  limit_bytes: z
    .string()
    .regex(/^\d{1,7}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(1_048_576))
    .default(262_144),
  wait_ms: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.int().max(30_000))
    .default(0),
});
/** `offset` and `next_offset` count bytes; `data` is UTF-8 text in which bytes that are not UTF-8 show as U+FFFD. */
export const jobLog = z.object({
  stream: z.enum(['stdout', 'stderr']),
  lease_id: leaseId.nullable(),
  attempt: count,
  offset: count,
  next_offset: count,
  data: z.string(),
  /** Nothing more will come for this stream. */
  eof: z.boolean(),
  truncated: z.boolean(),
});
export type JobLog = z.infer<typeof jobLog>;
export const idempotencyHeader = idempotencyKey;

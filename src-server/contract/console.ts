import { z } from 'zod';
import { enrollmentId, sourceId, workspaceId } from './ids.ts';
import { count, fingerprint, instant, name, text } from './primitives.ts';
import { JOB_KINDS, ROLES } from './terms.ts';

/**
 * What the console's host (the desktop app's main process, or `serve`) does for its own admin: remote workspaces and
 * this machine. It stands beside the API, below `/console/`, and is never there for a runner or an API key.
 */
export const CONSOLE_PATH = '/console';
export const REMOTES_PATH = `${CONSOLE_PATH}/remotes`;
export const MACHINE_PATH = `${CONSOLE_PATH}/machine`;
/** Where calls for one remote control plane go; `api/v1/…` follows. */
export const remotePath = (id: string): string => `${REMOTES_PATH}/${id}/`;

export const remoteId = z.string().regex(/^rmt_[0-9A-HJKMNP-TV-Z]{26}$/, 'must be an id that starts with rmt_');
/** Marks of a remote workspace; none of them is the colour of a state. */
export const REMOTE_COLOURS = ['teal', 'indigo', 'olive', 'brown', 'rose', 'slate'] as const;
export type RemoteColour = (typeof REMOTE_COLOURS)[number];

/** In the order in which they are made; the first that fails leaves the rest `skipped`. */
export const REMOTE_CHECKS = ['address', 'certificate', 'version', 'token', 'clock'] as const;
export type RemoteCheckId = (typeof REMOTE_CHECKS)[number];
export const remoteCheck = z.object({
  id: z.enum(REMOTE_CHECKS),
  outcome: z.enum(['passed', 'warned', 'failed', 'skipped']),
  /** The figure that was found: `41 ms`, `88 days`, `operator`. */
  detail: z.string(),
  /** What is wrong and what to do, where it did not pass. */
  sentence: z.string().nullable(),
});
export type RemoteCheck = z.infer<typeof remoteCheck>;
const namedWorkspace = z.object({ workspace_id: workspaceId, name: z.string() });
export const remoteTest = z.object({
  passed: z.boolean(),
  at: instant,
  checks: z.array(remoteCheck),
  operator: z.object({ name: z.string(), role: z.enum(ROLES) }).nullable(),
  workspaces: z.array(namedWorkspace),
});
export type RemoteTest = z.infer<typeof remoteTest>;

/** A control plane elsewhere that this console knows. Its token is kept by the host and shown to nobody. */
export const remote = z.object({
  remote_id: remoteId,
  url: z.string(),
  colour: z.enum(REMOTE_COLOURS),
  workspaces: z.array(namedWorkspace),
  added_by: z.string(),
  added_at: instant,
  /** When it last answered a call of this console, and since when it does not; both since the host started. */
  answered_at: instant.nullable(),
  failing_since: instant.nullable(),
});
export type Remote = z.infer<typeof remote>;
export const remoteList = z.object({
  items: z.array(remote),
  /** `keychain`: the system's own, else a file that only this user may read. */
  tokens_kept_in: z.enum(['keychain', 'file']),
  /** Why nothing is offered here, where it is not. */
  lack: z.string().nullable(),
});
export type RemoteList = z.infer<typeof remoteList>;

const remoteToken = z.string().regex(/^cco_[0-9A-Za-z]{38}$/, 'must be an operator token: cco_ and 38 characters');
export const remoteTestBody = z.strictObject({ url: z.string().min(1).max(300), token: remoteToken });
export const remoteAddBody = remoteTestBody.extend({ colour: z.enum(REMOTE_COLOURS).optional() });
export const remoteChangeBody = z.strictObject({
  colour: z.enum(REMOTE_COLOURS).optional(),
  /** A new token for the same address. */
  token: remoteToken.optional(),
});
export const remoteAdded = z.object({ remote, test: remoteTest });

/**
 * This machine as a runner. `unused` not enrolled · `starting` enrolling or coming up · `running` takes jobs · `paused`
 * connected, takes none · `finishing` ends when its current jobs are done · `stopped` enrolled, not running ·
 * `restarting` it ended by itself, the next start comes in `retry_in_ms` · `failed` it said why it cannot run.
 */
export const MACHINE_STATES = [
  'unused',
  'starting',
  'running',
  'paused',
  'finishing',
  'stopped',
  'restarting',
  'failed',
] as const;
export const machineSettings = z.object({
  /** Jobs at a time. */
  capacity: z.int().min(1).max(64),
  /** Kinds of jobs that it takes. */
  kinds: z.array(z.enum(JOB_KINDS)).min(1).max(JOB_KINDS.length),
  /** Absolute folder for work directories; null: the runner's own choice. */
  work_dir: text(1_000).nullable(),
  /** Takes no new job on battery, and goes on by itself on power. */
  pause_on_battery: z.boolean(),
  /** Keeps the system from sleeping while a job runs. */
  keep_awake: z.boolean(),
  /** Starts with the console. */
  start_with_console: z.boolean(),
});
export type MachineSettings = z.infer<typeof machineSettings>;
export const machineSettingsPatch = z.strictObject(machineSettings.shape).partial();

export const machine = z.object({
  state: z.enum(MACHINE_STATES),
  /** What the owner asked for. */
  wish: z.enum(['on', 'paused', 'off']),
  /** One sentence where the state is not the wished one, or why it is paused. */
  sentence: z.string().nullable(),
  enrollment: z
    .object({
      workspace_id: workspaceId,
      workspace_name: z.string(),
      source_id: sourceId,
      enrollment_id: enrollmentId,
      name: z.string(),
      plane_key: fingerprint,
      state_dir: z.string(),
    })
    .nullable(),
  settings: machineSettings,
  /** Null where the host cannot tell. */
  on_battery: z.boolean().nullable(),
  /** True where the host can keep the system awake. */
  can_keep_awake: z.boolean(),
  pid: count.nullable(),
  crashes: count,
  retry_in_ms: count.nullable(),
  /** Why nothing may be done here, for who asked; null when all may. */
  lack: z.string().nullable(),
});
export type Machine = z.infer<typeof machine>;
/** `remote_id` null: a workspace of the control plane that this console hosts. */
export const machineUseBody = z.strictObject({
  workspace_id: workspaceId,
  remote_id: remoteId.nullable().default(null),
  name: name.optional(),
});
export const machineLog = z.object({ lines: z.array(z.object({ at: instant, line: z.string() })) });
export type MachineLog = z.infer<typeof machineLog>;

import type { Readable } from 'node:stream';
import type { EnvelopePayload } from '../../src-server/contract/runtime.ts';
import type { ActionTally } from '../agent/action-recorder.ts';
import type { EnforcedConfinement } from '../receipt.ts';
import type { AttemptDir } from '../work-dir.ts';

/** One job to be executed, as its envelope says. */
export interface ExecutionInput {
  payload: EnvelopePayload;
  attempt: number;
  /** Fresh; `work` holds the inputs. */
  dir: AttemptDir;
  /** The names that the job declares, with their values. */
  declared: Readonly<Record<string, string>>;
  /** Values of the secrets that the job names. */
  secrets: Readonly<Record<string, string>>;
  /** What the runner adds; a value that is a path below `dir.tmp` is told as the job sees it. */
  extra: Readonly<Record<string, string>>;
  /** Aborted once the attempt is being ended: ends what only prepares, such as the fetch of an image, and calls of an agent. */
  signal: AbortSignal;
}

/** The processes of one attempt, whatever runs them. */
export interface JobProcesses {
  /** Stops all of them in place. */
  freeze(): void;
  thaw(): void;
  /**
   * SIGTERM, then SIGKILL after `graceMs`; called again, the shorter time counts. Resolves when nothing is left, or with
   * the ids of what could not be ended.
   */
  kill(graceMs: number): Promise<number[]>;
}

export interface ExecutionEnd {
  /** Null when a signal ended it. Inside a namespace or container a signal shows as 128 + its number. */
  exitCode: number | null;
  signal: string | null;
  /** Sampled, so a lower bound; null where the platform does not tell. */
  cpuMs: number | null;
  /** Processes that could not be ended. */
  leftovers: number[];
  /** Why it ended, where more is known than its exit code. */
  detail?: string;
  /** What held while it ran, for its receipt. */
  enforced: EnforcedConfinement;
  /** Calls of an agent that are on the record; null when there was none, absent for other jobs. */
  actions?: ActionTally | null;
}

/** A job as it runs. */
export interface Execution {
  stdout: Readable;
  stderr: Readable;
  processes: JobProcesses;
  /** Names of the job's environment. */
  environmentNames: readonly string[];
  /** Resolves when the job itself ended; what it left behind is being ended then. */
  exited: Promise<void>;
  /** Resolves when the job and everything it started is gone, its output was read, and its files lie in `dir.work`. */
  ended: Promise<ExecutionEnd>;
}

/**
 * One way to execute jobs. Standard input is empty. `start` throws an Error in words when the job cannot be started; then
 * nothing of it is left.
 */
export interface Executor {
  start(input: ExecutionInput): Promise<Execution>;
}

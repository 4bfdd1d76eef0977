import type { Clock } from '../clock.ts';
import type { Capabilities } from '../confinement/capabilities.ts';
import type { Greeting } from '../hello.ts';
import type { Identity } from '../identity.ts';
import type { Surroundings } from '../user-folders.ts';
import type { SessionGrant } from '../wire.ts';

export type Category = 'program' | 'plane' | 'source' | 'boundary';

/** What the checkers look at. Calls to the plane are made once and shared. */
export interface DoctorContext {
  clock: Clock;
  surroundings: Surroundings;
  /** Throws RunnerError when this runner is not connected or its files cannot be used. */
  identity: () => Identity;
  /** The plane's proof of its pinned key. */
  greeting: () => Promise<Greeting>;
  /** The session, opened with the runner's key. */
  session: () => Promise<SessionGrant>;
  workDir: string;
  /** Its owner named a cluster for Kubernetes jobs. */
  hasCluster: boolean;
  /** What this machine was seen to enforce; tried once. */
  capabilities: () => Promise<Capabilities>;
}

export interface CheckResult {
  passed: boolean;
  /** What was found, in a sentence. */
  detail: string;
  /** What to do about it; null when there is nothing to do. */
  fix: string | null;
}

/** One check of the doctor. A required one that fails keeps the source from getting jobs. */
export interface Checker {
  /** Stable, on the wire. */
  id: string;
  /** Name for people. */
  name: string;
  category: Category;
  required: boolean;
  applicable: (context: DoctorContext) => boolean;
  /** May throw: that is a failed check with the words of the error. */
  check: (context: DoctorContext) => Promise<CheckResult>;
}

export const passed = (detail: string): CheckResult => ({ passed: true, detail, fix: null });
export const failed = (detail: string, fix: string | null = null): CheckResult => ({ passed: false, detail, fix });
export const always = (): boolean => true;

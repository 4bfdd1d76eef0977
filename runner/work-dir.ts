import { chmodSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Clock } from './clock.ts';
import { messageOf, RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { bearsMark, processTable } from './proc-table.ts';

const SWEEP_ROUNDS = 20;
const SWEEP_PAUSE_MS = 100;

/** The directory of one attempt: `work` is the job's, `tmp` its temporary files. */
export interface AttemptDir {
  path: string;
  work: string;
  tmp: string;
}

const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}${sep}`);

/**
 * The folder in which this runner's attempts get their directories, made if need be; one per enrollment, so that two
 * runners can share `--work-dir`. Throws RunnerError 77 when it cannot be made, 64 when it touches the state directory.
 */
export function prepareWorkRoot(workDir: string, enrollment: string, stateDir: string): string {
  const root = join(workDir, enrollment);
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new RunnerError(EXIT.notPermitted, `The work directory ${root} cannot be made: ${messageOf(error)}.`);
  }
  const real = realpathSync(root);
  const state = realpathSync(stateDir);
  if (isWithin(real, state) || isWithin(state, real)) {
    throw new RunnerError(
      EXIT.usage,
      'The work directory and the state directory must lie apart: jobs run in one, keys lie in the other.',
    );
  }
  return real;
}

/** What the first process of each of this root's namespaces is found by: its work directory has another name inside. */
export const rootMark = (root: string): string => `CC_WORK_ROOT=${root}`;

/**
 * Ends processes and removes directories that an earlier run left when it was killed. Only call under the state
 * directory's lock. Returns how many processes were ended.
 */
export async function sweepWorkRoot(root: string, keep: boolean, clock: Clock): Promise<number> {
  const ended = new Set<number>();
  for (let i = 0; i < SWEEP_ROUNDS; i += 1) {
    const left = processTable().filter(({ pid }) => pid !== process.pid && bearsMark(pid, [rootMark(root)], root));
    if (left.length === 0) break;
    for (const { pid } of left) {
      ended.add(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone meanwhile.
      }
    }
    await clock.sleep(SWEEP_PAUSE_MS);
  }
  if (!keep) for (const name of readdirSync(root)) removeTree(join(root, name));
  return ended.size;
}

/** Makes a fresh, empty directory for one attempt. Throws when one of the same name exists. */
export function makeAttemptDir(root: string, leaseId: string, fence: number): AttemptDir {
  const path = join(root, `${leaseId}-${fence}`);
  const dir = { path, work: join(path, 'work'), tmp: join(path, 'tmp') };
  for (const each of [dir.path, dir.work, dir.tmp]) mkdirSync(each, { mode: 0o700 });
  return dir;
}

/** Gives the owner all rights on every directory below `path`; tools leave read-only ones that cannot be emptied. */
function openUp(path: string): void {
  chmodSync(path, 0o700);
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) openUp(join(path, entry.name));
}

/** Removes a directory with all it holds, following no link. Returns null, or why something stayed. */
export function removeTree(path: string): string | null {
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  try {
    remove();
  } catch {
    try {
      openUp(path);
      remove();
    } catch (error) {
      return messageOf(error);
    }
  }
  return null;
}

import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { RunnerError, systemCodeOf } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { isAlive, startTicksOf } from './proc-table.ts';

const TRIES = 5;

interface Holder {
  pid: number;
  /** Tells a process from a later one with the same id; null where the platform does not say. */
  start: number | null;
}

/** The process that holds the lock now, or null when nobody does (a lock left by a dead process counts as none). */
export function lockHolder(path: string): Holder | null {
  try {
    const { pid, start } = JSON.parse(readFileSync(path, 'utf8')) as Holder;
    if (!Number.isInteger(pid) || !isAlive(pid)) return null;
    const now = startTicksOf(pid);
    return start === null || now === null || now === start ? { pid, start } : null;
  } catch {
    // No file, or one torn by a crash in the middle of its few bytes: nobody holds it.
    return null;
  }
}

/**
 * Takes the lock of a state directory, so that one runner's leases are held by one process.
 * Returns the function that gives it back. Throws RunnerError 75 when another process holds it.
 */
export function takeLock(path: string): () => void {
  for (let i = 0; i < TRIES; i += 1) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, JSON.stringify({ pid: process.pid, start: startTicksOf(process.pid) }));
      closeSync(file);
      return () => {
        if (lockHolder(path)?.pid === process.pid) unlinkSync(path);
      };
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    }
    const holder = lockHolder(path);
    if (holder !== null) {
      throw new RunnerError(EXIT.alreadyRunning, `This runner is running already (process ${holder.pid}).`);
    }
    try {
      unlinkSync(path);
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
    }
  }
  throw new RunnerError(EXIT.alreadyRunning, `${path} is being taken by other processes.`);
}

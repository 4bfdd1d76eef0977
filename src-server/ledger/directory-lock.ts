import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { DirectoryLockedError } from './errors.ts';
import { sha256Hex } from './hashing.ts';
import { type ProcessTable, realProcessTable } from './process-table.ts';

/** Name of the lock in the data directory. Its content is `LockHolder` as JSON, complete from the first moment. */
export const LOCK_NAME = 'plane.lock';
/** Contenders that die one after the other while taking over; more than a few never happen. */
const TAKEOVER_DEPTH_LIMIT = 8;
const ATTEMPT_LIMIT = 100;

interface LockHolder {
  pid: number;
  /** The owner's life mark, see `ProcessTable`. */
  started: string;
  /** Unique per acquisition. */
  token: string;
}

export interface DirectoryLock {
  /** Gives the directory free. Safe to call twice. */
  release(): void;
}

let acquisitions = 0;

/**
 * Takes the data directory for this process: one plane per directory, on one host.
 *
 * The lock is a file that names its owner; a kill -9 leaves it behind, and the next process sees that the owner is gone.
 * It appears complete and exclusively (`link` fails when the name is there). Replacing a dead owner's file is the
 * dangerous part: two who both read "dead" must not both win. So the right to replace acquisition X is itself a lock,
 * named after X's token, and its holder looks again before it renames its own file over X. Tokens are never used twice:
 * who comes late finds another token (or no file) in that second look, and starts again.
 * @param directory the data directory; made when it is missing.
 * @throws DirectoryLockedError with the pid of the live owner.
 */
export function lockDirectory(
  directory: string,
  processes: ProcessTable = realProcessTable,
  pid = process.pid,
): DirectoryLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const started = processes.lifeMark(pid) ?? '';
  // Short, because tokens stand in file names and names of takeovers nest.
  const token = sha256Hex(Buffer.from(`${pid} ${started} ${++acquisitions}`)).slice(0, 16);
  const holder: LockHolder = { pid, started, token };
  const path = `${directory}/${LOCK_NAME}`;
  acquire(path, holder, processes, 0);
  removeLeftovers(directory, token, processes);
  return {
    release() {
      if (readHolder(path)?.token === token) rmSync(path, { force: true });
    },
  };
}

function acquire(path: string, holder: LockHolder, processes: ProcessTable, depth: number): void {
  const own = `${path}.${holder.token}.new`;
  try {
    for (let attempt = 0; attempt < ATTEMPT_LIMIT; attempt++) {
      writeFileSync(own, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
      if (linkIfFree(own, path)) return;
      const current = readHolder(path);
      // Released in between.
      if (current === null) continue;
      if (isAlive(current, processes) || depth === TAKEOVER_DEPTH_LIMIT)
        throw new DirectoryLockedError(current.pid, path);
      if (takeOver(path, own, current, holder, processes, depth)) return;
    }
    throw new DirectoryLockedError(readHolder(path)?.pid ?? 0, path);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Replaces a dead owner's file with `own`. False when somebody else was faster. */
function takeOver(
  path: string,
  own: string,
  dead: LockHolder,
  holder: LockHolder,
  processes: ProcessTable,
  depth: number,
): boolean {
  const right = `${path}.${dead.token}.takeover`;
  acquire(right, holder, processes, depth + 1);
  try {
    if (readHolder(path)?.token !== dead.token) return false;
    renameSync(own, path);
    return true;
  } finally {
    rmSync(right, { force: true });
  }
}

function linkIfFree(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Null when there is no lock. A file that is not a lock is taken as one of a process that is gone. */
function readHolder(path: string): LockHolder | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { pid, started, token } = JSON.parse(text) as LockHolder;
    if (Number.isSafeInteger(pid) && pid > 0 && typeof started === 'string' && /^[0-9a-f]{16}$/.test(token)) {
      return { pid, started, token };
    }
  } catch {
    // Not ours, or lost in a power cut: falls through.
  }
  return { pid: 0, started: '', token: 'unreadable' };
}

function isAlive(holder: LockHolder, processes: ProcessTable): boolean {
  if (holder.pid === 0) return false;
  const mark = processes.lifeMark(holder.pid);
  if (mark === null) return false;
  // Where one of the marks is not known, the pid alone decides; that may refuse too much, never too little.
  return mark === '' || holder.started === '' || mark === holder.started;
}

/**
 * Removes what contenders that died left behind. The rights to replace earlier acquisitions are worth nothing now, even
 * to a live contender: its second look finds our token.
 */
function removeLeftovers(directory: string, token: string, processes: ProcessTable): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(`${LOCK_NAME}.`) || name.startsWith(`${LOCK_NAME}.${token}`)) continue;
    const path = `${directory}/${name}`;
    const holder = name.endsWith('.new') ? readHolder(path) : null;
    // A live contender is about to link its `.new`, or is still writing it.
    const isInUse = name.endsWith('.new') && (holder === null || holder.pid === 0 || isAlive(holder, processes));
    if (!isInUse) rmSync(path, { force: true });
  }
}

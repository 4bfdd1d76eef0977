import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';

/** USER_HZ, the unit of /proc/<pid>/stat times; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** One process as the platform shows it. */
export interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
  session: number;
}

/** Longer than any line of /proc/<pid>/stat. One for all: the table is read many times a second while a tree is ended. */
const statLine = Buffer.alloc(1_024);

/** The fields of /proc/<pid>/stat from the third on; the name before them may hold spaces and brackets. */
function statFields(pid: number): string[] | null {
  let file: number | undefined;
  try {
    file = openSync(`/proc/${pid}/stat`, 'r');
    const text = statLine.toString('latin1', 0, readSync(file, statLine, 0, statLine.length, 0));
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // Gone since it was listed.
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Whether a process runs (a zombie does not). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const state = statFields(pid)?.[0];
  return state !== 'Z' && state !== 'X';
}

/** When a process started, in ticks since boot: with the pid it names one process for good. Null off Linux. */
export function startTicksOf(pid: number): number | null {
  const ticks = Number(statFields(pid)?.[19]);
  return Number.isInteger(ticks) ? ticks : null;
}

/** CPU milliseconds of a process and of its children that ended and were waited for; null off Linux. */
export function cpuMsOf(pid: number): number | null {
  const fields = statFields(pid);
  if (fields === null) return null;
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0);
  return Number.isFinite(ticks) ? Math.round((ticks * 1000) / TICKS_PER_SECOND) : null;
}

function linuxTable(): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statFields(Number(name));
    if (fields === null || fields[0] === 'Z' || fields[0] === 'X') continue;
    rows.push({ pid: Number(name), parent: Number(fields[1]), group: Number(fields[2]), session: Number(fields[3]) });
  }
  return rows;
}

function psTable(): ProcessRow[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8', timeout: 5_000 });
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (state === undefined || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), session: Number(group) }];
  });
}

/** Every process that runs now (none on Windows, which is asked in other ways). Zombies are left out: they hold nothing and cannot be killed. */
export function processTable(): ProcessRow[] {
  if (process.platform === 'win32') return [];
  return process.platform === 'linux' ? linuxTable() : psTable();
}

/** Whether a process was started with all these `NAME=value` entries, or works below `directory`. Linux only. */
export function bearsMark(pid: number, entries: readonly string[], directory: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    if (cwd === directory || cwd.startsWith(`${directory}/`)) return true;
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return entries.length > 0 && entries.every((entry) => environment.includes(entry));
  } catch {
    // Another user's process, or one that is gone: not the job's.
    return false;
  }
}

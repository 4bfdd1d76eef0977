import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What the lock asks about other processes of this host. A seam, so that tests can invent processes. */
export interface ProcessTable {
  /**
   * A mark that a process keeps for its whole life and that no later process with the same pid has.
   * Null when the process is not alive; an empty text when it is alive and nothing more is known.
   */
  lifeMark(pid: number): string | null;
}

/** Field 22 of /proc/<pid>/stat is the start time in ticks since boot; the name in field 2 may hold spaces and brackets. */
function linuxLifeMark(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie holds no file and writes nothing any more: it is only not yet reaped by its parent.
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${bootId}:${fields[19]}`;
}

function otherLifeMark(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  if (process.platform === 'win32') return '';
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    }).trim();
  } catch {
    return '';
  }
}

/** Linux reads /proc (exact); elsewhere `kill 0`, with the start time from `ps` where there is one. */
export const realProcessTable: ProcessTable = {
  lifeMark: process.platform === 'linux' ? linuxLifeMark : otherLifeMark,
};

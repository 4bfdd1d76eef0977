import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { always, type Checker, failed, passed } from './checker.ts';

const MEBIBYTE = 1024 * 1024;
/** Below this even small jobs fail in the middle. */
const ROOM_MIN_BYTES = 512 * MEBIBYTE;

/** The nearest folder that exists; the work folder itself is made by the first `run`. */
function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path));
}

/** Room for work directories. */
export function diskRoomChecker(minBytes: number = ROOM_MIN_BYTES): Checker {
  return {
    id: 'disk',
    name: 'Disk',
    category: 'source',
    required: true,
    applicable: always,
    check: async ({ workDir }) => {
      const { bavail, bsize } = statfsSync(existing(workDir));
      const freeBytes = bavail * bsize;
      const free = `${Math.floor(freeBytes / MEBIBYTE)} MiB free for work directories`;
      if (freeBytes >= minBytes) return passed(`${free}.`);
      return failed(`Only ${free}.`, `Free disk room, or use run --work-dir on another disk.`);
    },
  };
}

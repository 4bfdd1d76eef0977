import { readFileSync } from 'node:fs';
import { processTable } from '../proc-table.ts';

/** Processes of this machine, but this one, whose command line holds a word. */
export const processesWith = (word: string): number[] =>
  processTable()
    .map(({ pid }) => pid)
    .filter((pid) => {
      try {
        return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
      } catch {
        return false;
      }
    });

import { readdirSync, readFileSync } from 'node:fs';

/** Children by the kernel's own lists; none of a process that is gone. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/**
 * A process and all below it, on Linux. It asks for the tree alone: the table of all processes, read many times a
 * second for each pod, was most of what these tests cost.
 */
export function descendants(root: number): number[] {
  const found = [root];
  for (const pid of found) found.push(...childrenOf(pid));
  return found;
}

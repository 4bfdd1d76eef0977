import { availableParallelism, totalmem } from 'node:os';
import type { Limits } from '../containers/container-args.ts';
import type { JobSpec } from '../wire.ts';

const MEBIBYTE = 1024 * 1024;
/** Enough for any build of software, far too few to stop a machine. */
const PROCESSES_DEFAULT = 2_048;
/** A quarter of the memory stays the machine's own. */
const MEMORY_SHARE = 0.75;
const MEMORY_LEAST_BYTES = 64 * MEBIBYTE;

/** What this source has in all. */
export interface SourceSize {
  memoryBytes: number;
  cpuCount: number;
}

/** Memory that may be used: a container's limit where there is one. */
export function usableMemoryBytes(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  const total = totalmem();
  return limit > 0 && limit < total ? limit : total;
}

export const ownSize = (): SourceSize => ({
  memoryBytes: usableMemoryBytes(),
  cpuCount: Math.max(1, availableParallelism()),
});

/** The ceilings of one attempt: what the job asks for, never more than the source's own. */
export function limitsFor({ limits = {} }: Pick<JobSpec, 'limits'>, { memoryBytes, cpuCount }: SourceSize): Limits {
  const ownBytes = Math.max(MEMORY_LEAST_BYTES, Math.floor((memoryBytes * MEMORY_SHARE) / MEBIBYTE) * MEBIBYTE);
  return {
    memoryBytes: Math.min(limits.memory_bytes ?? ownBytes, ownBytes),
    processes: Math.min(limits.processes ?? PROCESSES_DEFAULT, 32_768),
    cpuMilli: Math.min(limits.cpu_milli ?? cpuCount * 1000, cpuCount * 1000),
  };
}

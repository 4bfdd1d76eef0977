import { CLASS_FAMILIES, COMPUTE_CLASSES, type ComputeClass } from '../../contract/terms.ts';

interface Hardware {
  cpuCount: number;
  memoryBytes: number;
  gpuMemoryBytes: number | null;
}
const GIB = 1024 ** 3;

/** Least hardware of each class, largest first; what fits none is `cpu-small`. The only table of thresholds. */
const THRESHOLDS: readonly {
  computeClass: ComputeClass;
  cpuCount: number;
  memoryBytes: number;
  gpuMemoryBytes: number | null;
}[] = [
  { computeClass: 'gpu-large', cpuCount: 8, memoryBytes: 32 * GIB, gpuMemoryBytes: 40 * GIB },
  { computeClass: 'gpu-small', cpuCount: 2, memoryBytes: 8 * GIB, gpuMemoryBytes: 1 },
  { computeClass: 'cpu-large', cpuCount: 16, memoryBytes: 32 * GIB, gpuMemoryBytes: null },
  { computeClass: 'cpu-medium', cpuCount: 4, memoryBytes: 8 * GIB, gpuMemoryBytes: null },
];

/** The class a runner gets from its own hardware unless the operator pins one. */
export function classify(hardware: Hardware): ComputeClass {
  const fit = THRESHOLDS.find(
    (t) =>
      hardware.cpuCount >= t.cpuCount &&
      hardware.memoryBytes >= t.memoryBytes &&
      (t.gpuMemoryBytes === null || (hardware.gpuMemoryBytes ?? 0) >= t.gpuMemoryBytes),
  );
  return fit?.computeClass ?? 'cpu-small';
}

const ACCEPTED = new Map<ComputeClass, ReadonlySet<ComputeClass>>(
  COMPUTE_CLASSES.map((own) => {
    const family = CLASS_FAMILIES.find((f) => (f as readonly ComputeClass[]).includes(own)) as readonly ComputeClass[];
    return [own, new Set(family.slice(0, family.indexOf(own) + 1))];
  }),
);

/** A source takes jobs of its own class and of every smaller one in the family. */
export const acceptsClass = (source: ComputeClass, job: ComputeClass): boolean =>
  ACCEPTED.get(source)?.has(job) ?? false;

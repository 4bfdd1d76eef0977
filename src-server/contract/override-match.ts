import type { PolicyOverride } from './policy.ts';

/**
 * Position of the override that rules jobs of this class and these labels: the first that matches; -1 when the
 * workspace's own rule holds. Labels match when the job asks for every one of them.
 */
export function overrideFor(
  overrides: readonly PolicyOverride[],
  computeClass: string,
  labels: readonly (readonly [string, string])[],
): number {
  return overrides.findIndex(
    (o) =>
      (o.compute_class === undefined || o.compute_class === computeClass) &&
      Object.entries(o.labels ?? {}).every(([key, value]) => labels.some(([k, v]) => k === key && v === value)),
  );
}

import type { Source } from '../../../src-server/contract/source.ts';
import { CLASS_FAMILIES, type ComputeClass } from '../../../src-server/contract/terms.ts';
import type { BodyOf } from '../../api/calls.ts';

const MAX_RUNTIME_MS = 60_000;

/** The smallest class that the source takes. */
const smallestClass = (own: ComputeClass | null): ComputeClass => {
  const family = CLASS_FAMILIES.find((classes) => own !== null && (classes as readonly string[]).includes(own));
  return family?.[0] ?? 'cpu-small';
};

/**
 * A tiny real job for this source: it requires every label the source has, which is as near as a job can aim. Without
 * labels any source of the class may take it.
 */
export const testJob = (source: Pick<Source, 'name' | 'labels' | 'compute_class'>): BodyOf<'jobSubmit'> => ({
  wu_id: 'WU-first-job',
  title: `First job on ${source.name}`,
  command: { argv: ['node', '--version'] },
  labels: source.labels,
  compute_class: smallestClass(source.compute_class),
  max_runtime_ms: MAX_RUNTIME_MS,
});

import { COMPUTE_CLASSES, type ComputeClass } from '../../contract/terms.ts';
import { acceptsClass } from '../sources/classify.ts';

/**
 * The class that a runner takes jobs as in a pool: the one its token names, else the largest of the pool's that its own
 * hardware carries.
 * @returns null when the hardware carries none of them, or the pool takes the class of the token no more.
 */
export function seatClass(
  poolClasses: readonly ComputeClass[],
  tokenClass: ComputeClass | null,
  ownClass: ComputeClass,
): ComputeClass | null {
  const carried = COMPUTE_CLASSES.filter(
    (c) => poolClasses.includes(c) && (tokenClass === null || c === tokenClass) && acceptsClass(ownClass, c),
  );
  return carried.at(-1) ?? null;
}

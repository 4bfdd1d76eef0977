import { always, type Checker, passed } from './checker.ts';

/** The class the plane gave this source; the thresholds stand in the plane's contract. */
export const computeClassChecker: Checker = {
  id: 'class',
  name: 'Class',
  category: 'source',
  required: false,
  applicable: always,
  check: async ({ session }) => passed(`${(await session()).compute_class}.`),
};

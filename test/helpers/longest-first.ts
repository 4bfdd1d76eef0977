import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take the longest, most of them because they wait for processes. On a machine that ran the tests before,
 * vitest knows that by itself; on a fresh one it would go by size, and one of these would run alone at the end.
 */
const LONG = [
  'runner/executors/conformance.test.ts',
  'runner/executors/kubernetes.test.ts',
  'test/integration/takeover.test.ts',
  'test/integration/runner-process.test.ts',
  'test/integration/outage.test.ts',
  'test/integration/kubernetes-jobs.test.ts',
  'test/simulation/seeded-bugs.test.ts',
  'test/simulation/seeded-bugs-in-place.test.ts',
  'test/simulation/budget-crashes.test.ts',
  'test/simulation/what-if.test.ts',
  'runner/bundle.test.ts',
  'test/security/23-25-hostile-jobs.test.ts',
];

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = LONG.findIndex((name) => moduleId.endsWith(name));
  return place < 0 ? LONG.length : place;
};

/** The order of vitest, with the longest files before all others. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

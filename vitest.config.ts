import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/helpers/longest-first.ts';

/** Files of text, as the build takes them in. */
const textFiles = {
  name: 'text-files',
  transform: (code: string, id: string) =>
    id.endsWith('.py') ? { code: `export default ${JSON.stringify(code)}`, map: null } : undefined,
};

/**
 * How long a test may take and how long it may wait for what it expects. Long, as `npm test` lets most files of `source`
 * and `simulated` have only the time that others leave: a bound ends what hangs, and says nothing about speed.
 */
const common = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000 } },
  pool: 'forks' as const,
};
/** They change nothing of their process, so one process runs many files and loads what they import once. */
const shared = { ...common, isolate: false };

// `include` is explicit, or vitest would pick up the Playwright specs of test/e2e.
export default defineConfig({
  test: {
    // One more than the cores of the smallest machine that we build on: many tests of `whole` wait for processes.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins: [textFiles],
        test: {
          ...shared,
          name: 'source',
          include: ['src-*/**/*.test.ts', 'src-*/**/*.test.tsx', 'test/architecture/**/*.test.ts'],
        },
      },
      {
        plugins: [textFiles],
        test: {
          ...shared,
          name: 'whole',
          include: ['runner/**/*.test.ts', 'test/{integration,security,crash,interop}/**/*.test.ts'],
        },
      },
      // Some of them put broken parts in the place of sound ones.
      { plugins: [textFiles], test: { ...common, name: 'simulated', include: ['test/simulation/**/*.test.ts'] } },
    ],
  },
});

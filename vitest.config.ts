import { defineConfig } from 'vitest/config';

/** Files of text, as the build takes them in. */
const textFiles = {
  name: 'text-files',
  transform: (code: string, id: string) =>
    id.endsWith('.py') ? { code: `export default ${JSON.stringify(code)}`, map: null } : undefined,
};

const common = { testTimeout: 30_000, hookTimeout: 60_000, pool: 'forks' as const };

// `include` is explicit, or vitest would pick up the Playwright specs of test/e2e.
export default defineConfig({
  test: {
    // One more than the cores of the smallest machine that we build on: many of these tests wait for processes.
    maxWorkers: 3,
    projects: [
      {
        plugins: [textFiles],
        // They change nothing of their process, so one process runs many files and loads what they import once.
        test: {
          ...common,
          name: 'source',
          include: ['src-*/**/*.test.ts', 'src-*/**/*.test.tsx', 'test/{architecture,security}/**/*.test.ts'],
          isolate: false,
        },
      },
      {
        plugins: [textFiles],
        test: {
          ...common,
          name: 'whole',
          include: ['runner/**/*.test.ts', 'test/{integration,simulation,crash,interop}/**/*.test.ts'],
        },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';

// `include` is explicit, or vitest would pick up the Playwright specs of test/e2e.
/** Files of text, as the build takes them in. */
const textFiles = {
  name: 'text-files',
  transform: (code: string, id: string) =>
    id.endsWith('.py') ? { code: `export default ${JSON.stringify(code)}`, map: null } : undefined,
};

export default defineConfig({
  plugins: [textFiles],
  test: {
    include: [
      'src-*/**/*.test.ts',
      'src-*/**/*.test.tsx',
      'runner/**/*.test.ts',
      'test/{architecture,integration,security,simulation,crash,interop}/**/*.test.ts',
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});

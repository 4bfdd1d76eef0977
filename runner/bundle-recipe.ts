import { builtinModules } from 'node:module';

const BUILTIN = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);

/** Options for `rolldown(…)`: the entry and what stays outside, which is Node itself and nothing else. */
export const bundleInput = (runnerDir: string) => ({
  // The bundle names its sources relative to this folder, so its bytes do not depend on where the build runs.
  cwd: runnerDir,
  input: 'main.ts',
  platform: 'node' as const,
  external: (id: string) => BUILTIN.has(id),
});

/**
 * Options for `bundle.write(…)`: one ES module, readable. A chunk beside it could not be loaded from a `data:` URL, so
 * dynamic imports are taken in too. Its bytes depend on the sources alone, because their digest is printed in commands.
 */
export const bundleOutput = (file: string) => ({
  file,
  format: 'esm' as const,
  codeSplitting: false,
  minify: false,
  sourcemap: false,
});

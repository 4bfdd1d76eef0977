import { mkdirSync } from 'node:fs';
import { rolldown } from 'rolldown';

/**
 * Bundles a script of this folder for plain Node, which cannot read TypeScript.
 * @param {string} name file name in this folder
 * @returns {Promise<string>} path of the bundle
 */
export async function bundleBench(name) {
  const root = `${import.meta.dirname}/../..`;
  const directory = `${root}/node_modules/.cache/connected-compute/bench`;
  mkdirSync(directory, { recursive: true });
  const file = `${directory}/${name.replace(/\.ts$/, '')}.mjs`;
  // What is installed stays outside, so that it is measured as it ships.
  const bundle = await rolldown({
    input: `${import.meta.dirname}/${name}`,
    platform: 'node',
    moduleTypes: { '.py': 'text' },
    external: ['sql.js', 'express', 'zod', '@playwright/test'],
  });
  await bundle.write({ file, format: 'esm' });
  await bundle.close();
  return file;
}

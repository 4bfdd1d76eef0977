import { mkdirSync } from 'node:fs';
import { rolldown } from 'rolldown';

/**
 * Bundles a script of this folder for plain Node, which cannot read TypeScript.
 * @param {string} name file name in this folder
 * @returns {Promise<string>} path of the bundle
 */
export async function bundleScript(name) {
  const directory = `${import.meta.dirname}/../../node_modules/.cache/connected-compute/simulation`;
  mkdirSync(directory, { recursive: true });
  const file = `${directory}/${name.replace(/\.ts$/, '')}-${process.pid}.mjs`;
  // sql.js finds its WASM beside itself, so it stays outside.
  const bundle = await rolldown({
    input: `${import.meta.dirname}/${name}`,
    platform: 'node',
    moduleTypes: { '.py': 'text' },
    external: ['sql.js'],
  });
  await bundle.write({ file, format: 'esm', sourcemap: 'inline' });
  await bundle.close();
  return file;
}

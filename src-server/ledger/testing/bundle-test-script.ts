import { rolldown } from 'rolldown';

/** Bundles a script of this folder for plain Node, which cannot read TypeScript. @returns the bundle's path. */
export async function bundleTestScript(name: string, directory: string): Promise<string> {
  const bundle = await rolldown({ input: `${import.meta.dirname}/${name}`, platform: 'node' });
  const file = `${directory}/script.mjs`;
  await bundle.write({ file, format: 'esm' });
  await bundle.close();
  return file;
}

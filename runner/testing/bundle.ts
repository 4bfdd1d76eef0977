import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { bundleInput, bundleOutput } from '../bundle-recipe.ts';

/** Builds the runner as the release does, into `file`. */
export async function buildBundle(file: string): Promise<void> {
  const bundle = await rolldown(bundleInput(join(import.meta.dirname, '..')));
  await bundle.write(bundleOutput(file));
  await bundle.close();
}

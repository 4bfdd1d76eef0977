import { rootLabel } from './container-args.ts';
import { type ContainerEngine, engineStep, removeArgs } from './engine.ts';

/**
 * Removes containers that an earlier run of this runner left when it was killed. Only call under the state directory's
 * lock. Returns how many there were.
 */
export async function sweepContainers(engine: ContainerEngine | null, workRoot: string): Promise<number> {
  if (engine === null) return 0;
  const filter = ['ps', '--all', '--quiet', '--filter', `label=${rootLabel(workRoot)}`];
  const { stdout } = await engineStep(engine, filter);
  let removed = 0;
  for (const id of stdout.split('\n').filter((line) => /^[0-9a-f]{6,64}$/.test(line)))
    if ((await engineStep(engine, removeArgs(engine, id))).code === 0) removed += 1;
  return removed;
}

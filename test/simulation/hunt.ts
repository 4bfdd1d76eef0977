import type { Trouble } from './simulation.ts';

/** How many seeds are tried until one of them notices. */
export const SEEDS = 25;
const STEPS = 1_500;

type Fate = { kinds: readonly Trouble[]; chance: number };

/** Runs seeds until one of them notices. @returns what was said, or null when the bug lived. */
export async function hunt(fate?: Fate, budgets?: 'tight', seeds = SEEDS): Promise<string | null> {
  const { Simulation } = await import('./simulation.ts');
  for (let seed = 1; seed <= seeds; seed++) {
    const simulation = new Simulation(seed, null, fate);
    // A hunt for one kind of trouble is not diluted by refusals.
    simulation.operators.budgets = budgets ?? (fate === undefined ? 'some' : 'none');
    try {
      await simulation.run(STEPS);
    } catch (error) {
      return `seed ${seed}: ${(error as Error).message}`;
    } finally {
      simulation.plane.close();
    }
  }
  return null;
}

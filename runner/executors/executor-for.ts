import type { Clock } from '../clock.ts';
import type { Capabilities } from '../confinement/capabilities.ts';
import { ownSize } from '../limits/limits.ts';
import { ConfinedCommand } from './confined-command.ts';
import { Container } from './container.ts';
import type { Executor } from './executor.ts';
import { OpenCommand } from './open-command.ts';
import type { Plan } from './plan.ts';

export interface ExecutorSettings {
  clock: Clock;
  /** Registries that images may be fetched from. */
  registries: readonly string[];
}

/** The executor of a plan that was made for these capabilities. */
export function executorFor(
  plan: Plan,
  { bubblewrap, nodePath, engine, cgroup }: Capabilities,
  { clock, registries }: ExecutorSettings,
): Executor {
  if (plan.executor === 'container') {
    if (engine === null) throw new Error('The job runs in a container, and the engine is not there any more.');
    return new Container({ engine, registries, size: ownSize(), clock });
  }
  const ceilings = { place: cgroup, size: ownSize() };
  if (!plan.isConfined) return new OpenCommand(clock, ceilings);
  // A plan confines only where it was seen to work; without it, running open would break the promise.
  if (bubblewrap === null) throw new Error('The job is to be confined, and bubblewrap is not there any more.');
  return new ConfinedCommand({ network: plan.network, version: bubblewrap, nodePath, clock, ceilings });
}

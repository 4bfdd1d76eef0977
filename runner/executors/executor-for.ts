import type { Clock } from '../clock.ts';
import type { Capabilities } from '../confinement/capabilities.ts';
import { ConfinedCommand } from './confined-command.ts';
import type { Executor } from './executor.ts';
import { OpenCommand } from './open-command.ts';
import type { Plan } from './plan.ts';

/** The executor of a plan that was made for these capabilities. */
export function executorFor(plan: Plan, { bubblewrap, nodePath }: Capabilities, clock: Clock): Executor {
  if (!plan.isConfined) return new OpenCommand(clock);
  // A plan confines only where it was seen to work; without it, running open would break the promise.
  if (bubblewrap === null) throw new Error('The job is to be confined, and bubblewrap is not there any more.');
  return new ConfinedCommand({ network: plan.network, version: bubblewrap, nodePath, clock });
}

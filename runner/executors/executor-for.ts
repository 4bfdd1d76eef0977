import type { Clock } from '../clock.ts';
import type { Capabilities } from '../confinement/capabilities.ts';
import { ownSize } from '../limits/limits.ts';
import { AgentJob, type AgentRim } from './agent.ts';
import { ConfinedCommand } from './confined-command.ts';
import { Container } from './container.ts';
import type { Executor } from './executor.ts';
import { Kubernetes } from './kubernetes.ts';
import { OpenCommand } from './open-command.ts';
import type { Plan } from './plan.ts';

export interface ExecutorSettings {
  clock: Clock;
  /** Registries that images may be fetched from. */
  registries: readonly string[];
  /** For the agent of an agent job. */
  agent: AgentRim;
}

/** The executor of a plan that was made for these capabilities. */
export function executorFor(
  plan: Plan,
  { bubblewrap, nodePath, engine, cluster, cgroup }: Capabilities,
  { clock, registries, agent }: ExecutorSettings,
): Executor {
  if (plan.executor === 'container') {
    if (engine === null) throw new Error('The job runs in a container, and the engine is not there any more.');
    return new Container({ engine, registries, size: ownSize(), clock });
  }
  if (plan.executor === 'kubernetes') {
    if (cluster === null) throw new Error('The job runs in a cluster, and the cluster is not there any more.');
    return new Kubernetes({ cluster, registries, clock });
  }
  const ceilings = { place: cgroup, size: ownSize() };
  if (!plan.isConfined) return new OpenCommand(clock, ceilings);
  // A plan confines only where it was seen to work; without it, running open would break the promise.
  if (bubblewrap === null) throw new Error('The job is to be confined, and bubblewrap is not there any more.');
  const options = { network: plan.network, version: bubblewrap, nodePath, clock, ceilings };
  return plan.executor === 'mcp' ? new AgentJob(options, agent) : new ConfinedCommand(options);
}

import type { Posture } from '../../src-server/contract/source.ts';
import type { JobSpec } from '../wire.ts';

/** How the network of a job is held; `not_enforced` leaves it this machine's own. */
export type ConfinedNetwork = 'none' | 'allow_list' | 'not_enforced';

/** How a job is to be executed on this source. */
export interface Plan {
  executor: 'command' | 'container' | 'kubernetes' | 'mcp';
  /** Files and processes in namespaces of their own. */
  isConfined: boolean;
  network: ConfinedNetwork;
  /** What the job prefers and this source cannot enforce; said to people and in the receipt. */
  notEnforced: ('files' | 'network')[];
}

/** What an executor of command jobs enforces under this posture. */
function commandPlan(job: JobSpec, posture: Posture): Plan {
  const needed = job.network === 'none' ? 'none' : 'allow_list';
  if (job.confinement === 'none')
    return { executor: 'command', isConfined: false, network: 'not_enforced', notEnforced: [] };
  const isConfined = posture.files === 'confined';
  // Namespaces hold the network only where they hold the files: the one is not entered without the other.
  const network = isConfined && posture.network?.includes(needed) ? needed : 'not_enforced';
  const notEnforced: Plan['notEnforced'] = [];
  if (!isConfined) notEnforced.push('files');
  if (network === 'not_enforced') notEnforced.push('network');
  return { executor: 'command', isConfined, network, notEnforced };
}

/** A container holds files, processes and network by itself, or the job does not run: there is no open container. */
function containerPlan(job: JobSpec, posture: Posture): Plan | string {
  const network = job.network === 'none' ? 'none' : 'allow_list';
  if (job.container === undefined) return 'The job names no image.';
  if ((posture.containers ?? []).length === 0)
    return `The job runs in a container, and no engine holds here${posture.detail?.containers === undefined ? '' : ` (${posture.detail.containers})`}.`;
  if (!(posture.container_network ?? []).includes(network))
    return 'The job reaches granted hosts, and containers of this source cannot be granted any.';
  return { executor: 'container', isConfined: true, network, notEnforced: [] };
}

/** A pod holds files, processes and network by itself, or the job does not run: there is no open pod. */
function clusterPlan(job: JobSpec, posture: Posture): Plan | string {
  if (job.kubernetes === undefined || (job.kubernetes.argv[0] ?? '') === '') return 'The job names no program.';
  if (posture.kubernetes !== true)
    return `The job runs in a cluster, and none holds here${posture.detail?.cluster === undefined ? '' : ` (${posture.detail.cluster})`}.`;
  if (job.network !== 'none') return 'The job reaches granted hosts, and pods of this source cannot be granted any.';
  return { executor: 'kubernetes', isConfined: true, network: 'none', notEnforced: [] };
}

/** An agent and what it runs are confined, or it does not run: what its gateway refuses it could do by itself otherwise. */
function agentPlan(job: JobSpec, posture: Posture): Plan | string {
  const network = job.network === 'none' ? 'none' : 'allow_list';
  if (job.mcp === undefined || job.mcp.argv[0] === '') return 'The agent job names no program.';
  if (!(posture.agents ?? []).includes(network))
    return `This source cannot confine an agent job${posture.detail?.confinement === undefined ? '' : ` (${posture.detail.confinement})`}.`;
  return { executor: 'mcp', isConfined: true, network, notEnforced: [] };
}

/**
 * Decides how a job runs here, or says in a sentence why it does not. A job that requires confinement never runs without;
 * with `--confined-only` no job does.
 */
export function planFor(job: JobSpec, posture: Posture, isConfinedOnly: boolean): Plan | string {
  if (job.kind === 'container') return containerPlan(job, posture);
  if (job.kind === 'mcp') return agentPlan(job, posture);
  if (job.kind === 'kubernetes') return clusterPlan(job, posture);
  if (job.kind !== 'command') return `This runner does not know jobs of kind ${job.kind as string}.`;
  if (job.command === undefined || job.command.argv.length === 0 || job.command.argv[0] === '')
    return 'The job names no program.';
  const plan = commandPlan(job, posture);
  const lacks = plan.notEnforced.join(' and ');
  if (job.confinement === 'required' && lacks !== '')
    return `The job requires confinement, and this source cannot enforce ${lacks}.`;
  if (isConfinedOnly && (job.confinement === 'none' || lacks !== ''))
    return `This runner was started with --confined-only, and the job would run with ${lacks || 'its confinement turned off'}${lacks === '' ? '' : ' not enforced'}.`;
  return plan;
}

import type { Posture } from '../../contract/source.ts';

export type ConfinementWord = 'confined' | 'partly' | 'none';

/** `confined` = files and network `none` are enforced, `partly` = one of them. */
export function confinementWord(posture: Posture): ConfinementWord {
  const files = posture.files === 'confined';
  const network = posture.network?.includes('none') ?? false;
  if (files && network) return 'confined';
  return files || network ? 'partly' : 'none';
}

/** What else than commands this posture executes under which network, as profiles name it. */
export function executorsOf({
  containers = [],
  container_network: network = [],
  kubernetes,
  agents = [],
}: Posture): string[] {
  const engine = containers.length === 0 ? [] : network.map((each) => `container:${each}`);
  const agent = agents.map((each) => `mcp:${each}`);
  return [...engine, ...agent, ...(kubernetes === true ? ['kubernetes:none'] : [])].sort();
}

/** Can this posture enforce what a job of this network needs? */
export function enforces(posture: Posture, network: string): { files: boolean; network: boolean } {
  return {
    files: posture.files === 'confined',
    network: posture.network?.includes(network === 'none' ? 'none' : 'allow_list') ?? false,
  };
}

import { always, type Checker, passed } from './checker.ts';

/** What this source tells the plane that it enforces. */
export const postureChecker: Checker = {
  id: 'posture',
  name: 'Posture',
  category: 'boundary',
  required: false,
  applicable: always,
  check: async ({ capabilities }) => {
    const { files, network = [], pid, containers = [], kubernetes, detail = {} } = (await capabilities()).posture;
    const isFiles = files === 'confined';
    const isNetwork = network.includes('none');
    const word = isFiles && isNetwork ? 'Confined' : isFiles || isNetwork ? 'Partly confined' : 'Not confined';
    const parts = [
      `files ${files ?? 'none'}`,
      `network ${network.join(', ') || 'not enforced'}`,
      `processes ended by ${pid ?? 'group'}`,
      `ceilings on memory and processes of commands: ${detail.limits ?? 'not enforced'}`,
      ...(containers.length > 0 ? [`containers by ${containers.join(', ')}`] : []),
      ...(kubernetes ? ['Kubernetes Jobs'] : []),
    ];
    return passed(`${word}: ${parts.join(', ')}.`);
  },
};

import { POSTURE } from '../facts.ts';
import { always, type Checker, failed } from './checker.ts';
import { tryProgram } from './try-program.ts';

type Try = typeof tryProgram;

/**
 * Tries what the platform could confine with. This program does not use it for command jobs yet, and says so: a check
 * that passed would promise what no job gets.
 */
export function confinementChecker(run: Try = tryProgram): Checker {
  return {
    id: 'confinement',
    name: 'Confinement (tried)',
    category: 'boundary',
    required: false,
    applicable: always,
    check: async ({ surroundings }) => {
      const notUsed = `Command jobs run unconfined: files ${POSTURE.files}, network not enforced.`;
      if (surroundings.platform !== 'linux') return failed(notUsed);
      const bubblewrap = await run('bwrap', ['--ro-bind', '/', '/', '--dev', '/dev', '--unshare-all', 'true']);
      const namespace = await run('unshare', ['--user', '--map-root-user', '--net', 'true']);
      const tried = [
        bubblewrap === null ? 'bubblewrap does not run' : 'bubblewrap runs',
        namespace === null ? 'a network namespace cannot be made' : 'a network namespace can be made',
      ];
      return failed(`${notUsed} Tried: ${tried.join(', ')}; this version uses neither.`);
    },
  };
}

import { always, type Checker, failed, passed } from './checker.ts';
import { tryProgram } from './try-program.ts';

/** Many jobs call git; none of this program's own work does. */
export function gitChecker(program = 'git'): Checker {
  return {
    id: 'git',
    name: 'git',
    category: 'source',
    required: false,
    applicable: always,
    check: async () => {
      const version = await tryProgram(program, ['--version']);
      return version === null ? failed('git was not found.', 'Install git if jobs need it.') : passed(`${version}.`);
    },
  };
}

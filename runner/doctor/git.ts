import { isGitFit } from '../checkout/git-checkout.ts';
import { always, type Checker, failed, passed } from './checker.ts';
import { tryProgram } from './try-program.ts';

/** Many jobs call git, and a checkout does. */
export function gitChecker(program = 'git'): Checker {
  return {
    id: 'git',
    name: 'git',
    category: 'source',
    required: false,
    applicable: always,
    check: async () => {
      const version = await tryProgram(program, ['--version']);
      if (version === null) return failed('git was not found.', 'Install git if jobs need it.');
      return isGitFit(version)
        ? passed(`${version}.`)
        : failed(`${version} is too old for checkouts.`, 'Install git 2.37 or newer if jobs check out repositories.');
    },
  };
}

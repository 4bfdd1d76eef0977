import { always, type Checker, failed, passed } from './checker.ts';

const MAJOR_MIN = 20;

/** The program needs Node 20 or newer. */
export function nodeVersionChecker(version: string): Checker {
  return {
    id: 'node',
    name: 'Node',
    category: 'program',
    required: true,
    applicable: always,
    check: async () =>
      Number(version.split('.')[0]) >= MAJOR_MIN
        ? passed(`Node ${version}.`)
        : failed(`Node ${version} is too old.`, `Install Node ${MAJOR_MIN} or newer.`),
  };
}

import { always, type Checker, failed, passed } from './checker.ts';
import { tryProgram } from './try-program.ts';

/** Jobs with `shell: true` need the system's shell, all others a PATH. */
export const shellAndPathChecker: Checker = {
  id: 'shell_path',
  name: 'Shell and PATH',
  category: 'source',
  required: true,
  applicable: always,
  check: async ({ surroundings }) => {
    const isWindows = surroundings.platform === 'win32';
    const shell = isWindows ? 'cmd.exe' : '/bin/sh';
    const answer = await tryProgram(shell, isWindows ? ['/d', '/s', '/c', 'echo ok'] : ['-c', 'echo ok']);
    if (answer !== 'ok') return failed(`${shell} does not run.`, `Install ${shell}.`);
    const path = surroundings.env.PATH ?? surroundings.env.Path ?? '';
    if (path === '') return failed('PATH is empty, so jobs find no program.', 'Set PATH for the runner.');
    return passed(`${shell} runs, PATH has ${path.split(isWindows ? ';' : ':').length} folders.`);
  },
};

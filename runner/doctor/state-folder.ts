import { existsSync, statSync } from 'node:fs';
import { SecretStore } from '../secret-store.ts';
import { FOREIGN_RIGHTS } from '../state-dir.ts';
import { always, type Checker, failed, passed } from './checker.ts';

/** Key, ids and secrets are closed to other users. */
export const stateFolderChecker: Checker = {
  id: 'state_folder',
  name: 'State folder',
  category: 'source',
  required: true,
  applicable: always,
  check: async ({ identity, surroundings }) => {
    const { stateDir } = identity();
    if (surroundings.platform === 'win32') return passed(`${stateDir.path} (access lists are not looked at).`);
    const wanted = [
      [stateDir.path, '700'],
      [stateDir.statePath, '600'],
      [stateDir.bootstrapPath, '600'],
    ] as const;
    // Secrets are there only where somebody set one.
    const { path: secretsPath } = new SecretStore(stateDir);
    const open = existsSync(secretsPath) ? [...wanted, [secretsPath, '600'] as const] : wanted;
    for (const [path, mode] of open) {
      if (!existsSync(path)) return failed(`${path} is missing.`, 'Enroll this runner again.');
      if ((statSync(path).mode & FOREIGN_RIGHTS) !== 0)
        return failed(`${path} is open to other users.`, `chmod ${mode} ${path}`);
    }
    return passed(`${stateDir.path} is closed to other users.`);
  },
};

import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where Electron's executable is. The package itself is never loaded: loading it starts a download.
 * @param {string | null} electronDir folder of the installed package
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | null} null where the executable is not there or may not be run
 */
export const findElectronBinary = (electronDir, env) => {
  if (env.ELECTRON_EXEC_PATH) return isExecutable(env.ELECTRON_EXEC_PATH) ? env.ELECTRON_EXEC_PATH : null;
  if (electronDir === null) return null;
  const pathFile = join(electronDir, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const distDir = env.ELECTRON_OVERRIDE_DIST_PATH ?? join(electronDir, 'dist');
  const file = join(distDir, readFileSync(pathFile, 'utf8').trim());
  return isExecutable(file) ? file : null;
};

/** @param {string} file */
const isExecutable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

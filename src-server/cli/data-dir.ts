import { homedir, platform } from 'node:os';
import { join, resolve } from 'node:path';

const FOLDER = 'connected-compute';

/** Where a plane keeps its data unless it is told: the app-data folder of the system, or `CONNECTED_COMPUTE_DATA`. */
export function defaultDataDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.CONNECTED_COMPUTE_DATA) return resolve(env.CONNECTED_COMPUTE_DATA);
  switch (platform()) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', FOLDER);
    case 'win32':
      return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), FOLDER);
    default:
      return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), FOLDER);
  }
}

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const PRODUCT = 'connected-compute';

/** What the folders depend on; injected so that each platform's answer is testable. */
export interface Surroundings {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  home: string;
}

/** The surroundings of this process. */
export function ownSurroundings(): Surroundings {
  return { platform: process.platform, env: process.env, home: homedir() };
}

function base(kind: 'state' | 'cache', { platform, env, home }: Surroundings): string {
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), PRODUCT, kind);
  if (platform === 'darwin') {
    return kind === 'state'
      ? join(home, 'Library', 'Application Support', PRODUCT)
      : join(home, 'Library', 'Caches', PRODUCT);
  }
  const named = kind === 'state' ? env.XDG_STATE_HOME : env.XDG_CACHE_HOME;
  return join(named || join(home, kind === 'state' ? '.local/state' : '.cache'), PRODUCT);
}

/** The state directory of one enrollment: keys and ids only. */
export function defaultStateDir(enrollment: string, surroundings: Surroundings): string {
  return resolve(base('state', surroundings), 'runners', enrollment);
}

/** Where work directories are made unless `--work-dir` says otherwise; apart from every state directory. */
export function defaultWorkDir(surroundings: Surroundings): string {
  return resolve(base('cache', surroundings), 'work');
}

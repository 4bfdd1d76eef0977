import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Clock } from '../clock.ts';
import { KeptFinding } from '../kept-finding.ts';
import { RUNNER_VERSION } from '../version.ts';
import type { ContainerFinding } from './probe-containers.ts';

const PROGRAMS = ['podman', 'docker', 'runc', 'crun', 'conmon'];
/** Where an engine finds its daemon and its storage. */
const SETTINGS = ['DOCKER_HOST', 'CONTAINER_HOST', 'XDG_RUNTIME_DIR', 'HOME'];

/** The programs by which containers run, with size and time of change, and the settings that lead to them. */
function groundOf(env: Readonly<Record<string, string | undefined>>): string {
  const folders = (env.PATH ?? '').split(delimiter);
  const programs = PROGRAMS.map((name) => {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        const { mtimeMs, size } = statSync(path);
        return [path, mtimeMs, size];
      } catch {
        // Not here.
      }
    }
    return [name, null];
  });
  const settings = SETTINGS.map((name) => env[name] ?? null);
  return JSON.stringify([RUNNER_VERSION, process.getuid?.() ?? null, programs, settings]);
}

/** The engine that was found to hold, as long as its programs and settings are the same. */
export const keptEngine = (
  path: string,
  clock: Clock,
  env: Readonly<Record<string, string | undefined>>,
): KeptFinding<ContainerFinding> =>
  new KeptFinding(
    path,
    clock,
    () => groundOf(env),
    ({ engine }) => typeof engine?.name === 'string',
  );

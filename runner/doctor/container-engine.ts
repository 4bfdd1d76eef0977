import { type Checker, failed, passed } from './checker.ts';

const FIX_MISSING =
  'Install podman if this source is to run container jobs (Debian, Ubuntu: apt-get install podman), then run doctor again.';
const FIX_DAEMON =
  'Start the daemon (systemctl start docker) and let this user reach it (usermod -aG docker, then log in again), or install podman, which needs none.';
const FIX_BROKEN =
  'Run podman info and mend what it says: often a runtime is missing (apt-get install runc) or the user has no subordinate ids ' +
  '(usermod --add-subuids 100000-165535 --add-subgids 100000-165535). Then run doctor again.';

/** Tries whether a container engine holds what jobs are promised: a real container that looks for a way out. */
export const containerEngineChecker: Checker = {
  id: 'container_engine',
  name: 'Container engine (tried)',
  category: 'boundary',
  required: false,
  applicable: ({ surroundings }) => surroundings.platform === 'linux',
  check: async ({ capabilities }) => {
    const { engine, posture } = await capabilities();
    const why = posture.detail?.containers ?? 'no reason was given';
    if (engine === null) {
      const fix = /is installed/.test(why) ? FIX_MISSING : /docker/i.test(why) ? FIX_DAEMON : FIX_BROKEN;
      return failed(`No container jobs run here: ${why}.`, fix);
    }
    const limits = engine.hasLimits ? 'with' : 'without';
    return passed(`${engine.name} ${engine.version} holds network none and a read-only root, ${limits} ceilings.`);
  },
};

import { always, type Checker, failed, passed } from './checker.ts';

const FIX_MISSING = 'Install bubblewrap (Debian, Ubuntu: apt-get install bubblewrap), then run doctor again.';
const FIX_REFUSED =
  'Allow user namespaces for bwrap: sysctl kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu, ' +
  'sysctl user.max_user_namespaces=15000 where it is 0; in a container, run the runner outside of it.';

/** Tries what can be enforced on command jobs: real programs in real namespaces that look for a way out. */
export const confinementChecker: Checker = {
  id: 'confinement',
  name: 'Confinement (tried)',
  category: 'boundary',
  required: false,
  applicable: always,
  check: async ({ surroundings, capabilities }) => {
    if (surroundings.platform !== 'linux')
      return failed(
        'Command jobs run unconfined: this platform has no confinement that was tried.',
        'Where jobs are to be confined, enroll a source that runs Linux.',
      );
    const { posture } = await capabilities();
    const { files, network = [], detail = {} } = posture;
    const why = detail.confinement ?? 'no reason was given';
    const fix = detail.bubblewrap === undefined ? FIX_MISSING : FIX_REFUSED;
    if (files !== 'confined') return failed(`Command jobs run unconfined: ${why}.`, fix);
    if (!network.includes('none')) return failed(`Files are confined, the network is not: ${why}.`, fix);
    if (!network.includes('allow_list'))
      return failed(
        `Files and network none are enforced, granted hosts cannot be reached: ${why}.`,
        'Put node on PATH.',
      );
    return passed(
      `Files, processes, network none and the filter for granted hosts hold (bubblewrap ${detail.bubblewrap}).`,
    );
  },
};

import { NO_CAPABILITIES } from '../confinement/capabilities.ts';
import type { DoctorContext } from '../doctor/checker.ts';
import type { Identity } from '../identity.ts';
import { StateDir } from '../state-dir.ts';
import type { SessionGrant } from '../wire.ts';
import { FakeClock } from './fake-clock.ts';

/** What a checker looks at, all in order; a test changes what it is about. */
export function doctorContext(over: Partial<DoctorContext> = {}): DoctorContext {
  const identity = {
    stateDir: new StateDir('/nonexistent/state'),
    origin: 'http://127.0.0.1:4100',
    planeKey: 'SHA256:pinned',
  } as Identity;
  const grant = { session_id: 'ses_1', source_id: 'src_1', compute_class: 'cpu-small' } as SessionGrant;
  return {
    clock: new FakeClock(),
    surroundings: { platform: 'linux', env: { PATH: '/usr/bin:/bin' }, home: '/home/u' },
    identity: () => identity,
    greeting: async () => ({ nonce: 'n', planePublicKey: 'k', planeWallMs: null }),
    session: async () => grant,
    workDir: '/tmp',
    hasCluster: false,
    capabilities: async () => NO_CAPABILITIES,
    ...over,
  };
}

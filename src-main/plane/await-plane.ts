import type { AppClock } from '../app/clock.ts';
import type { PlaneReady, PlaneSupervisor } from './supervisor.ts';

/**
 * Waits until the plane is in service. A start or restart is waited for; a plane that cannot run is not.
 * @param limitMs longest wait in milliseconds
 * @returns null where it did not come into service in time
 */
export const awaitPlane = (
  supervisor: Pick<PlaneSupervisor, 'status' | 'ready' | 'onChange'>,
  clock: AppClock,
  limitMs: number,
): Promise<PlaneReady | null> => {
  if (supervisor.ready !== null) return Promise.resolve(supervisor.ready);
  if (isHopeless(supervisor.status.state)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const settle = (ready: PlaneReady | null) => {
      cancel();
      forget();
      resolve(ready);
    };
    const cancel = clock.after(limitMs, () => settle(null));
    const forget = supervisor.onChange((status) => {
      if (supervisor.ready !== null) settle(supervisor.ready);
      else if (isHopeless(status.state)) settle(null);
    });
  });
};

const isHopeless = (state: string): boolean => state === 'failed' || state === 'stopping' || state === 'stopped';

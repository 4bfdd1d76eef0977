import { duration } from '../printer.ts';
import { always, type Checker, failed, passed } from './checker.ts';

const SAMPLE_MS = 200;
/** A wall clock that moves against the monotonic one by more than this in the sample is being set. */
const MOVE_LIMIT_MS = 100;
/** Times shown to people then differ visibly; leases count durations and are not affected. */
const DIFFERENCE_LIMIT_MS = 5_000;

/** Both clocks of this source against each other, and its wall clock against the plane's. */
export const clockChecker: Checker = {
  id: 'clock',
  name: 'Clock',
  category: 'source',
  required: false,
  applicable: always,
  check: async ({ clock, greeting }) => {
    const before = clock.now();
    await clock.sleep(SAMPLE_MS);
    const after = clock.now();
    const moveMs = Math.abs(after.wallMs - before.wallMs - (after.monoMs - before.monoMs));
    if (moveMs > MOVE_LIMIT_MS) {
      return failed(
        `Wall time moved ${Math.round(moveMs)} ms against monotonic time.`,
        'Let one time service set this clock.',
      );
    }
    const planeWallMs = await greeting().then(
      (greeted) => greeted.planeWallMs,
      () => null,
    );
    if (planeWallMs === null) return passed('Monotonic and wall time agree; the plane did not tell its time.');
    const differenceMs = Math.abs(clock.now().wallMs - planeWallMs);
    if (differenceMs <= DIFFERENCE_LIMIT_MS) return passed('Monotonic and wall time agree, also with the plane.');
    return failed(
      `The clocks differ by ${duration(differenceMs)}. Times shown can differ by this much, leases are not affected.`,
      'Set the clock.',
    );
  },
};

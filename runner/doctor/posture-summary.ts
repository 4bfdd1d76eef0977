import { POSTURE } from '../facts.ts';
import { always, type Checker, passed } from './checker.ts';

/** What this source tells the plane that it enforces. */
export const postureChecker: Checker = {
  id: 'posture',
  name: 'Posture',
  category: 'boundary',
  required: false,
  applicable: always,
  check: async () => {
    const network = POSTURE.network?.length ? POSTURE.network.join(', ') : 'not enforced';
    return passed(`Not confined: files ${POSTURE.files}, network ${network}, processes ended by ${POSTURE.pid}.`);
  },
};

import { messageOf, PlaneProblem, PlaneUnreachable } from '../errors.ts';
import { always, type Checker, failed, passed } from './checker.ts';

/** Something at the plane's address answers hello; whether it is the right plane is the next check. */
export const planeReachableChecker: Checker = {
  id: 'plane_reachable',
  name: 'Plane reachable',
  category: 'plane',
  required: true,
  applicable: always,
  check: async ({ identity, greeting }) => {
    const { origin } = identity();
    try {
      await greeting();
    } catch (error) {
      if (error instanceof PlaneUnreachable) {
        return failed(messageOf(error), `Start the plane at ${origin}, or look at network, firewall and certificate.`);
      }
      if (error instanceof PlaneProblem) return failed(error.detail, 'Try again in a few seconds.');
    }
    return passed(`${origin} answers.`);
  },
};

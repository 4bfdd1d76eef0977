import { always, type Checker, passed } from './checker.ts';

/** The plane signed with the key that was pinned at connect. */
export const planeKeyChecker: Checker = {
  id: 'plane_key',
  name: 'Plane key pinned',
  category: 'plane',
  required: true,
  applicable: always,
  check: async ({ identity, greeting }) => {
    await greeting();
    return passed(`The plane holds ${identity().planeKey}.`);
  },
};

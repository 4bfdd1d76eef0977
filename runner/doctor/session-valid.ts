import { always, type Checker, passed } from './checker.ts';

/** The plane knows this runner by its key. */
export const sessionChecker: Checker = {
  id: 'session',
  name: 'Session',
  category: 'plane',
  required: true,
  applicable: always,
  check: async ({ session }) => {
    const grant = await session();
    return passed(`${grant.session_id} on source ${grant.source_id}.`);
  },
};

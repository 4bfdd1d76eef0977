import { lockHolder } from '../run-lock.ts';
import { type Checker, failed, passed } from './checker.ts';
import { listeningSockets } from './listening-sockets.ts';

/** Proof that a runner dials out only: neither this process nor a `run` of this state directory accepts connections. */
export const noListeningSocketChecker: Checker = {
  id: 'no_listening_socket',
  name: 'No listening socket',
  category: 'boundary',
  required: true,
  applicable: ({ surroundings }) => surroundings.platform !== 'win32',
  check: async ({ identity, surroundings }) => {
    const running = lockHolder(identity().stateDir.lockPath)?.pid;
    const pids = running === undefined || running === process.pid ? [process.pid] : [process.pid, running];
    const found = pids.flatMap((pid) => listeningSockets(pid, surroundings.platform));
    if (found.length > 0)
      return failed(`Listens on ${found.join(', ')}.`, 'Stop this runner and report it: a runner must not listen.');
    return passed(`Process ${pids.join(' and ')}: no socket accepts connections.`);
  },
};

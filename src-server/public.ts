import { join } from 'node:path';
import { type HostClock, systemHostClock } from './console/clock.ts';
import { ConsoleHost } from './console/console-host.ts';
import { Machine } from './console/machine/machine.ts';
import { machineRoutes } from './console/machine/machine-routes.ts';
import type { PlaneDoor } from './console/machine/plane-door.ts';
import { nodePower, type Power } from './console/machine/power.ts';
import { linesOf, runnerEnvironment, runnerInNode, type StartRunner } from './console/machine/runner-process.ts';
import { remoteRoutes } from './console/remotes/remote-routes.ts';
import { RemoteStore } from './console/remotes/remote-store.ts';
import { fileKeeper, type SecretKeeper } from './console/secret-keeper.ts';
import { ProblemError } from './contract/problems.ts';

export type { HostClock, Machine, PlaneDoor, Power, SecretKeeper, StartRunner };
export { linesOf, ProblemError, runnerEnvironment };

/** What a host of the console passes in; the rest is the same in the desktop app and in `serve`. */
export interface ConsoleOptions {
  /** Absolute folder of the host's own files: remotes and this machine. Made when first needed, 0700. */
  dir: string;
  /** The control plane of this console, as its admin reaches it. Rejects with a ProblemError while it is not in service. */
  ownPlane: () => Promise<PlaneDoor>;
  /** How a runner is started: in a Node process from this file, or as the host does it. */
  runner: StartRunner | { bootstrapFile: string };
  power?: Power;
  keeper?: SecretKeeper;
  clock?: HostClock;
  send?: typeof fetch;
  /** Told of errors that are not operating ones. */
  onFault: (error: unknown) => void;
}

/** A console's host, open. */
export interface OpenConsole {
  host: ConsoleHost;
  remotes: RemoteStore;
  machine: Machine;
  /** Ends what is under way and this machine's runner; resolves when its process is gone. */
  close(): Promise<void>;
}

/**
 * Opens what a console offers beside the API of its control plane.
 * @throws Error that names a file of its own which cannot be used.
 */
export function openConsole(options: ConsoleOptions): OpenConsole {
  const { dir, keeper = fileKeeper, clock = systemHostClock, send = fetch, onFault, ownPlane, runner } = options;
  const closing = new AbortController();
  const remotes = new RemoteStore(join(dir, 'remotes.json'), keeper, clock);
  const machine = new Machine({
    dir: join(dir, 'machine'),
    clock,
    send,
    start: typeof runner === 'function' ? runner : runnerInNode(runner.bootstrapFile),
    reach: async (remoteId) => (remoteId === null ? ownPlane() : remotes.access(remoteId)),
    power: options.power ?? nodePower(clock.after),
  });
  const routes = [...remoteRoutes({ store: remotes, clock, send, closing: closing.signal }), ...machineRoutes(machine)];
  const close = (): Promise<void> => {
    closing.abort();
    return machine.close();
  };
  return { host: new ConsoleHost({ routes, onFault }), remotes, machine, close };
}

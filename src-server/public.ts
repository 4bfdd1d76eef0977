import { join } from 'node:path';
import { type HostClock, systemHostClock } from './console/clock.ts';
import { ConsoleHost } from './console/console-host.ts';
import { remoteRoutes } from './console/remotes/remote-routes.ts';
import { RemoteStore } from './console/remotes/remote-store.ts';
import { fileKeeper, type SecretKeeper } from './console/secret-keeper.ts';

/** What a host of the console passes in; the rest is the same in the desktop app and in `serve`. */
export interface ConsoleOptions {
  /** Absolute folder of the host's own files: remotes and this machine. Made when first needed, 0700. */
  dir: string;
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
  /** Ends what is under way. */
  close(): void;
}

/**
 * Opens what a console offers beside the API of its control plane.
 * @throws Error that names a file of its own which cannot be used.
 */
export function openConsole(options: ConsoleOptions): OpenConsole {
  const { dir, keeper = fileKeeper, clock = systemHostClock, send = fetch, onFault } = options;
  const closing = new AbortController();
  const remotes = new RemoteStore(join(dir, 'remotes.json'), keeper, clock);
  const routes = [...remoteRoutes({ store: remotes, clock, send, closing: closing.signal })];
  return { host: new ConsoleHost({ routes, onFault }), remotes, close: () => closing.abort() };
}

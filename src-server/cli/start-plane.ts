import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemoryDemos } from '../demo/memory-demos.ts';
import type { ConsoleCalls } from '../http/console-calls.ts';
import { type RunningServer, startServer } from '../http/server.ts';
import { readMeterConfig, StripeMeter } from '../metering/stripe-meter.ts';
import { systemClock, systemTimers } from '../plane/clock.ts';
import { Host } from '../plane/host.ts';
import { systemRandom } from '../plane/random.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { openExit } from './open-exit.ts';
import type { ServeOptions } from './serve-options.ts';
import { VERSION } from './version.ts';

/** Files that are built beside this one. */
export const outFile = (name: string): string => join(dirname(fileURLToPath(import.meta.url)), name);

export interface RunningPlane {
  host: Host;
  url: string;
  /** Stops granting, answers what is in flight, puts everything on disk. */
  stop(): Promise<void>;
}

/** Opens the data directory and listens. @throws ExitError with the code for what stood in the way. */
export async function startPlane(
  options: ServeOptions,
  hostedBy: 'serve' | 'desktop',
  onFailed: (error: unknown) => void,
  openConsole?: (host: Host) => ConsoleCalls,
): Promise<RunningPlane> {
  const meter = options.isReadOnly ? null : await openMeter(options.dataDir);
  const host = await Host.open({
    dataDir: options.dataDir,
    anchorDir: options.anchorDir,
    version: VERSION,
    hostedBy,
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    ...(options.isReadOnly ? { isReadOnly: true } : {}),
    ...(meter === null ? {} : { meter }),
    ...(options.leaseTtlMs === undefined ? {} : { leaseTtlMs: options.leaseTtlMs }),
    onFailed,
  }).catch((error: unknown) => {
    throw openExit(error, options.dataDir);
  });
  const demos = new MemoryDemos({ clock: systemClock, timers: systemTimers, random: systemRandom });
  const server = await serverOf(options, host, demos, openConsole).catch(async (error: NodeJS.ErrnoException) => {
    await host.close();
    throw listenExit(error, options);
  });
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> =>
    (stopping ??= server.close().then(async () => {
      await demos.close();
      await host.close();
    }));
  return { host, url: server.url, stop };
}

/** What the console offers is opened once the data directory is ours. */
async function serverOf(
  options: ServeOptions,
  host: Host,
  demos: MemoryDemos,
  openConsole: ((host: Host) => ConsoleCalls) | undefined,
): Promise<RunningServer> {
  return startServer({
    host,
    demos,
    listenHost: options.listenHost,
    port: options.port,
    publicUrl: options.publicUrl,
    rendererDir: outFile('renderer'),
    bootstrapFile: outFile('runner/bootstrap.mjs'),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(openConsole === undefined ? {} : { consoleHost: openConsole(host) }),
  });
}

/** The meter that `metering.json` names; null where none is configured. */
async function openMeter(dataDir: string): Promise<StripeMeter | null> {
  try {
    const config = readMeterConfig(join(dataDir, 'metering.json'));
    return config === null ? null : await StripeMeter.open(config);
  } catch (error) {
    throw new ExitError(EXIT.input, (error as Error).message);
  }
}

/** Why the address could not be had, as a sentence with its next step and an exit code. */
function listenExit(error: NodeJS.ErrnoException, { port, listenHost }: ServeOptions): unknown {
  if (error instanceof ExitError) return error;
  const code = error.code ?? '';
  if (code === 'EADDRINUSE')
    return new ExitError(EXIT.unavailable, `Port ${port} is in use. Choose another with --port, or 0 for any.`);
  if (code === 'EACCES')
    return new ExitError(
      EXIT.notPermitted,
      `Port ${port} is not yours to listen on. Choose one above 1023 with --port.`,
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ExitError(EXIT.usage, `This machine has no address ${listenHost}. Give one of its own with --host.`);
  if (code.startsWith('ERR_OSSL') || code.startsWith('ERR_TLS'))
    return new ExitError(EXIT.input, `The certificate and its key cannot be used: ${error.message}`);
  return error;
}

import { type UtilityProcess, utilityProcess } from 'electron';
import type { AppLogger } from '../log/logger.ts';
import type { PlaneProcess, PlaneProcessEvents, StartPlaneProcess } from './process-port.ts';

/** Variables that would change how the plane's own process runs, or lead it to another's files. */
const NOT_INHERITED = /^(NODE_OPTIONS|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|ELECTRON_.*|LD_.*|DYLD_.*)$/;

/** The variables that the plane's process is started with. */
const planeEnvironment = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !NOT_INHERITED.test(entry[0]),
    ),
  );

const logLines = (child: UtilityProcess, log: AppLogger): void => {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => {
      for (const line of bytes.toString('utf8').split('\n')) if (line.trim() !== '') log.info('plane.output', { line });
    });
  }
};

/** `UtilityProcess.kill` sends SIGTERM, which a process that hangs never handles. */
const endAtOnce = (child: UtilityProcess, log: AppLogger): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(child.pid, 'SIGKILL');
  } catch (cause) {
    // It may have ended in the meantime; its exit is reported all the same.
    log.warn('plane.kill_failed', { cause });
  }
};

/**
 * Hosts the plane in a utility process: the same program as `serve`. Nothing secret stands in its arguments or its
 * variables; it sends its bearer over the parent port.
 * @param cliFile absolute path of `out/cli.mjs`
 * @param port where it answered before: runners that are connected find it there again; 0 for any
 */
export const planeInUtilityProcess =
  (cliFile: string, log: AppLogger, port: () => number = () => 0): StartPlaneProcess =>
  (events: PlaneProcessEvents): PlaneProcess => {
    const child = utilityProcess.fork(
      cliFile,
      ['serve', '--embedded', ...(port() === 0 ? [] : ['--port', String(port())])],
      {
        serviceName: 'Connected Compute control plane',
        stdio: 'pipe',
        env: planeEnvironment(process.env),
      },
    );
    logLines(child, log);
    child.on('message', (value) => events.message(value));
    // A fatal error of V8 is followed by `exit`; here it only gets its line.
    child.on('error', (type, location) => log.error('plane.fatal', { type, location }));
    child.on('exit', (code) => events.exited(code));
    return { send: (message) => child.postMessage(message), kill: () => endAtOnce(child, log) };
  };

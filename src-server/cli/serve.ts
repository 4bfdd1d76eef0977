import { userInfo } from 'node:os';
import { ProblemError } from '../contract/problems.ts';
import { systemTimers } from '../plane/clock.ts';
import type { Host } from '../plane/host.ts';
import { type OpenConsole, openConsole, type PlaneDoor } from '../public.ts';
import { readConsoleFile, writeConsoleFile } from './console-file.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import type { Printer } from './printer.ts';
import { serveEmbedded } from './serve-embedded.ts';
import { serveOptions } from './serve-options.ts';
import { outFile, startPlane } from './start-plane.ts';

/** The admin's token: the one in console.json while it is good, else a new one. */
async function adminToken(host: Host, dataDir: string): Promise<{ operatorId: string; token: string }> {
  const kept = readConsoleFile(dataDir)?.operator_token;
  const known = kept === undefined ? null : host.authenticate(kept);
  if (known !== null && kept !== undefined) return { operatorId: known.operatorId, token: kept };
  const made = await host.operators.renewAdmin(userInfo().username);
  return { operatorId: made.operatorId, token: made.token };
}

/** Leaves console.json for the command line. @returns who may open the console, and the bearer of the admin. */
async function letIn(host: Host, url: string, dataDir: string): Promise<{ operatorId: string; token: string | null }> {
  const { operatorId, token } = await adminToken(host, dataDir);
  writeConsoleFile(dataDir, {
    url,
    pid: process.pid,
    operator_token: token,
    workspace_id: host.workspaces()[0]?.workspaceId ?? '',
    plane_public_key: host.key.publicKeyBase64,
  });
  return { operatorId, token };
}

/** Remote workspaces and this machine, for the admin of this console. @throws ExitError 65 for a damaged file of it. */
function ownConsole(dataDir: string, door: () => PlaneDoor | null, printer: Printer): OpenConsole {
  try {
    return openConsole({
      dir: `${dataDir}/console`,
      runner: { bootstrapFile: outFile('runner/bootstrap.mjs') },
      ownPlane: async () => {
        const found = door();
        if (found === null) throw new ProblemError('plane.stopping', 'The control plane is starting. Try again.');
        return found;
      },
      onFault: (error) => printer.note(`console: ${error instanceof Error ? (error.stack ?? error.message) : error}`),
    });
  } catch (error) {
    throw new ExitError(EXIT.data, (error as Error).message);
  }
}

/** `serve`: a headless plane with its web console, until a signal ends it. */
export async function serve(args: string[], printer: Printer): Promise<number> {
  if (args.includes('--embedded'))
    return serveEmbedded(
      args.filter((arg) => arg !== '--embedded'),
      printer,
    );
  const options = serveOptions(args);
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<unknown>((resolvePromise) => {
    fail = resolvePromise;
  });
  let own: OpenConsole | undefined;
  let door: PlaneDoor | null = null;
  const openOwn = () => {
    own = ownConsole(options.dataDir, () => door, printer);
    return own.host;
  };
  const plane = await startPlane(options, 'serve', (error) => fail(error), options.isReadOnly ? undefined : openOwn);
  const { host } = plane;
  const { operatorId, token } = options.isReadOnly
    ? { operatorId: host.operators.admit(userInfo().username, 'viewer').operator.operatorId, token: null }
    : await letIn(host, plane.url, options.dataDir);
  const signInUrl = `${plane.url}/sign-in#${host.operators.signInCode(operatorId)}`;
  printer.json({
    event: 'ready',
    url: plane.url,
    pid: process.pid,
    data_dir: options.dataDir,
    ...(options.isReadOnly
      ? { read_only: host.workspaces().map((h) => h.workspace.readOnlyBecause) }
      : { state_file: `${options.dataDir}/console.json` }),
    sign_in_url: signInUrl,
    ...(Object.keys(host.recovered).length === 0 ? {} : { recovered: host.recovered }),
  });
  printer.note(`Console: ${signInUrl}`);
  const signal = new Promise<null>((resolvePromise) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolvePromise(null));
  });
  if (token !== null) door = { url: plane.url, token };
  void own?.machine.resume();
  const error = await Promise.race([signal, failed]);
  // Its jobs are given back while the control plane can still hear it.
  await own?.close();
  if (error !== null) {
    printer.note(`The disk failed, nothing more can be recorded: ${(error as Error).message}`);
    await Promise.race([
      plane.stop().catch(() => undefined),
      new Promise((r) => systemTimers.after(3_000, () => r(null))),
    ]);
    return EXIT.unavailable;
  }
  await plane.stop();
  return EXIT.ok;
}

import { userInfo } from 'node:os';
import { mainToPlane, type PlaneToMain } from '../contract/ipc.ts';
import { writeConsoleFile } from './console-file.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import type { Printer } from './printer.ts';
import { serveOptions } from './serve-options.ts';
import { startPlane } from './start-plane.ts';

/** The part of Electron's parent port that is used here; a utility process has it on `process`. */
interface ParentPort {
  postMessage(message: PlaneToMain): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/**
 * `serve --embedded`: the plane as the desktop app's own process. The operator's token goes over the parent port to main, which
 * holds it for this launch; it is in no file, no argument and no log.
 */
export async function serveEmbedded(args: string[], printer: Printer): Promise<number> {
  const port = (process as unknown as { parentPort?: ParentPort }).parentPort;
  if (port === undefined)
    throw new ExitError(EXIT.usage, '--embedded is for the desktop app, which starts this itself. Leave it out.');
  try {
    const options = serveOptions(args);
    let fail: (error: unknown) => void = () => undefined;
    const failed = new Promise<'failed'>((resolve) => {
      fail = () => resolve('failed');
    });
    const plane = await startPlane(options, 'desktop', (error) => fail(error));
    const { token } = plane.host.operators.admit(userInfo().username, 'admin');
    const workspaceId = plane.host.workspaces()[0]?.workspaceId ?? '';
    writeConsoleFile(options.dataDir, {
      url: plane.url,
      pid: process.pid,
      workspace_id: workspaceId,
      plane_public_key: plane.host.key.publicKeyBase64,
    });
    const told = new Promise<'stop'>((resolve) => {
      port.on('message', ({ data }) => {
        if (mainToPlane.safeParse(data).success) resolve('stop');
      });
    });
    port.postMessage({
      type: 'ready',
      url: plane.url,
      pid: process.pid,
      data_dir: options.dataDir,
      operator_token: token,
      workspace_id: workspaceId,
      plane_public_key: plane.host.key.publicKeyBase64,
    });
    const why = await Promise.race([told, failed]);
    await plane.stop().catch(() => undefined);
    return why === 'stop' ? EXIT.ok : EXIT.unavailable;
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    printer.note(error.message);
    port.postMessage({ type: 'failed', exit_code: error.code, sentence: error.message });
    return error.code;
  }
}

import { userInfo } from 'node:os';
import { mainToPlane, type PlaneToMain } from '../contract/ipc.ts';
import { CommandLineDoor } from './command-line-door.ts';
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
 * holds it for this launch; it is in no file, no argument and no log. The command line gets one of its own where main says so.
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
    const user = userInfo().username;
    const { token } = plane.host.operators.admit(user, 'admin');
    const facts = {
      url: plane.url,
      pid: process.pid,
      workspace_id: plane.host.workspaces()[0]?.workspaceId ?? '',
      plane_public_key: plane.host.key.publicKeyBase64,
    };
    const door = new CommandLineDoor(plane.host.operators, options.dataDir, facts, user);
    const setDoor = (isOpen: boolean): void => {
      try {
        door.set(isOpen);
      } catch (error) {
        printer.note(`console.json could not be written: ${(error as Error).message}`);
      }
    };
    const told = new Promise<'stop'>((resolve) => {
      port.on('message', ({ data }) => {
        const heard = mainToPlane.safeParse(data).data;
        if (heard?.type === 'stop') resolve('stop');
        if (heard?.type !== 'command_line') return;
        setDoor(heard.is_on);
        port.postMessage({ type: 'command_line', is_on: door.isOpen });
      });
    });
    port.postMessage({ type: 'ready', ...facts, data_dir: options.dataDir, operator_token: token });
    const why = await Promise.race([told, failed]);
    setDoor(false);
    await plane.stop().catch(() => undefined);
    return why === 'stop' ? EXIT.ok : EXIT.unavailable;
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    printer.note(error.message);
    port.postMessage({ type: 'failed', exit_code: error.code, sentence: error.message });
    return error.code;
  }
}

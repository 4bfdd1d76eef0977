import type { DesktopBridge, IpcCall, IpcEvent, IpcNotice, IpcOutcome } from '../../src-server/contract/ipc.ts';
import { CALL_CHANNEL, CALL_NAMES, EVENT_CHANNEL, EVENT_NAMES } from './channels.ts';

/** The part of `ipcRenderer` that is used; the page never gets hold of it. */
export interface RendererPort {
  invoke(channel: string, ...args: unknown[]): Promise<unknown>;
  on(channel: string, listener: (event: unknown, ...args: unknown[]) => void): unknown;
  removeListener(channel: string, listener: (event: unknown, ...args: unknown[]) => void): unknown;
}

const platformOf = (platform: string): DesktopBridge['platform'] => {
  if (platform === 'darwin') return 'mac';
  return platform === 'win32' ? 'win' : 'linux';
};

/** What the page gets as `window.desktop`: named calls and named events, nothing more general. */
export const createBridge = (port: RendererPort, platform: string): DesktopBridge => ({
  platform: platformOf(platform),
  async call(name: IpcCall, input: unknown) {
    if (!CALL_NAMES.includes(name)) throw new Error('ipc.unknown_call: The app has no such call.');
    const outcome = (await port.invoke(CALL_CHANNEL, name, input)) as IpcOutcome;
    if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.detail}`);
    return outcome.answer as never;
  },
  on<E extends IpcEvent>(name: E, hear: (notice: IpcNotice<E>) => void) {
    if (!EVENT_NAMES.includes(name)) throw new Error('ipc.unknown_call: The app has no such event.');
    // The event object carries a way back to main; only the notice goes on.
    const listener = (_event: unknown, heard: unknown, notice: unknown) => {
      if (heard === name) hear(notice as IpcNotice<E>);
    };
    port.on(EVENT_CHANNEL, listener);
    return () => void port.removeListener(EVENT_CHANNEL, listener);
  },
});

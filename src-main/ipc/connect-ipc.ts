import { type BrowserWindow, type IpcMainInvokeEvent, ipcMain } from 'electron';
import {
  IPC_CALL_CHANNEL,
  IPC_EVENT_CHANNEL,
  IPC_EVENTS,
  type IpcEvent,
  type IpcNotice,
} from '../../src-server/contract/ipc.ts';
import type { AppLogger } from '../log/logger.ts';
import type { IpcSender } from './ipc-door.ts';
import { createIpcDoor, type IpcHandlers } from './ipc-door.ts';

const senderOf = (event: IpcMainInvokeEvent): IpcSender => {
  const frame = event.senderFrame;
  // Null when the frame went away in the meantime; then nobody waits for an answer either.
  return { frameUrl: frame?.url ?? '', isMainFrame: frame !== null && frame.parent === null };
};

/** Opens the door for the pages of this app. */
export const connectIpc = (handlers: IpcHandlers, log: AppLogger): void => {
  const door = createIpcDoor(handlers, log);
  ipcMain.handle(IPC_CALL_CHANNEL, (event, name: unknown, input: unknown) => door(senderOf(event), name, input));
};

/** Tells one window; a value that is not of the event's schema is a fault of ours and throws. */
export const notify = <E extends IpcEvent>(window: BrowserWindow, name: E, notice: IpcNotice<E>): void => {
  if (window.isDestroyed()) return;
  window.webContents.send(IPC_EVENT_CHANNEL, name, IPC_EVENTS[name].parse(notice));
};

import type { IpcCall, IpcEvent } from '../../src-server/contract/ipc.ts';

/**
 * The names of the contract once more, as plain values: importing its schemas would carry a validation library into
 * the sandboxed preload. A test holds both lists against each other.
 */
export const CALL_NAMES = [
  'app.info',
  'plane.status',
  'plane.restart',
  'external.open',
  'logs.open',
  'diagnostics.save',
  'updates.check',
  'login_item.get',
  'login_item.set',
  'command_line.get',
  'command_line.set',
  'window.scheme',
] as const satisfies readonly IpcCall[];
export const EVENT_NAMES = ['plane.changed', 'navigate'] as const satisfies readonly IpcEvent[];
export const CALL_CHANNEL = 'connected-compute:call';
export const EVENT_CHANNEL = 'connected-compute:event';

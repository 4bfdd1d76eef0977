import { expect, it, vi } from 'vitest';
import { IPC_CALL_CHANNEL, IPC_CALLS, IPC_EVENT_CHANNEL, IPC_EVENTS } from '../../src-server/contract/ipc.ts';
import { createBridge } from './bridge.ts';
import { CALL_CHANNEL, CALL_NAMES, EVENT_CHANNEL, EVENT_NAMES } from './channels.ts';

const port = () => ({ invoke: vi.fn(), on: vi.fn(), removeListener: vi.fn() });

it('names exactly the calls and events of the contract', () => {
  expect([...CALL_NAMES].sort()).toEqual(Object.keys(IPC_CALLS).sort());
  expect([...EVENT_NAMES].sort()).toEqual(Object.keys(IPC_EVENTS).sort());
  expect([CALL_CHANNEL, EVENT_CHANNEL]).toEqual([IPC_CALL_CHANNEL, IPC_EVENT_CHANNEL]);
});

it('calls over the one channel and unwraps the answer', async () => {
  const renderer = port();
  renderer.invoke.mockResolvedValue({ ok: true, answer: { opened: true } });
  const bridge = createBridge(renderer, 'darwin');
  expect(bridge.platform).toBe('mac');
  expect(await bridge.call('external.open', { url: 'https://nodejs.org/' })).toEqual({ opened: true });
  expect(renderer.invoke).toHaveBeenCalledWith(CALL_CHANNEL, 'external.open', { url: 'https://nodejs.org/' });
});

it('turns a refusal into an error with its code', async () => {
  const renderer = port();
  renderer.invoke.mockResolvedValue({ ok: false, code: 'ipc.input_invalid', detail: 'too long' });
  await expect(createBridge(renderer, 'linux').call('plane.restart', null)).rejects.toThrow(
    'ipc.input_invalid: too long',
  );
});

it('knows no other call and no other event', async () => {
  const renderer = port();
  const bridge = createBridge(renderer, 'linux');
  await expect(bridge.call('shell.exec' as never, null as never)).rejects.toThrow('ipc.unknown_call');
  expect(() => bridge.on('anything' as never, () => {})).toThrow('ipc.unknown_call');
  expect(renderer.invoke).not.toHaveBeenCalled();
  expect(renderer.on).not.toHaveBeenCalled();
});

it('hands on the notice alone, and stops when told', () => {
  const renderer = port();
  const heard: unknown[][] = [];
  const stop = createBridge(renderer, 'win32').on('plane.changed', (...args) => heard.push(args));
  const listener = renderer.on.mock.calls[0]?.[1];
  listener({ sender: 'a way back to main' }, 'plane.changed', { state: 'ready' });
  listener({}, 'something.else', {});
  expect(heard).toEqual([[{ state: 'ready' }]]);
  stop();
  expect(renderer.removeListener).toHaveBeenCalledWith(EVENT_CHANNEL, listener);
});

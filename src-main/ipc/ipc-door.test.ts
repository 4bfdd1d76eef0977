import { beforeEach, describe, expect, it } from 'vitest';
import { IPC_INPUT_LIMIT_BYTES } from '../../src-server/contract/ipc.ts';
import { MemoryLog } from '../testing/memory-log.ts';
import { createIpcDoor, type IpcHandlers } from './ipc-door.ts';

const CONSOLE = { frameUrl: 'app://console/dashboard/ws_1/compute', isMainFrame: true };
let log: MemoryLog;
let asked: string[];
let handlers: IpcHandlers;
const door = () => createIpcDoor(handlers, log);

beforeEach(() => {
  log = new MemoryLog();
  asked = [];
  handlers = {
    'app.info': () => ({ version: '0.1.0', electron: '45.4.1', platform: 'linux' }),
    'plane.status': () => ({ state: 'ready', crashes: 0, retry_in_ms: null, sentence: null }),
    'plane.restart': () => null,
    'external.open': ({ url }) => {
      asked.push(url);
      return { opened: true };
    },
    'window.scheme': () => null,
    'logs.open': () => null,
    'diagnostics.save': () => ({ saved: true }),
    'updates.check': () => ({ sentence: '' }),
    'login_item.get': () => ({ is_on: null }),
    'login_item.set': () => null,
    'command_line.get': () => ({ is_on: false }),
    'command_line.set': ({ is_on }) => ({ is_on }),
  };
});

it('answers the console', async () => {
  expect(await door()(CONSOLE, 'external.open', { url: 'https://nodejs.org/' })).toEqual({
    ok: true,
    answer: { opened: true },
  });
  expect(asked).toEqual(['https://nodejs.org/']);
});

describe('refuses and logs, without calling anything', () => {
  const ring: Record<string, unknown> = {};
  ring.self = ring;
  it.each([
    [
      'a frame inside the page',
      { ...CONSOLE, isMainFrame: false },
      'external.open',
      { url: 'x' },
      'ipc.sender_refused',
    ],
    [
      'another origin',
      { frameUrl: 'https://example.org/', isMainFrame: true },
      'external.open',
      { url: 'x' },
      'ipc.sender_refused',
    ],
    ['a frame that is gone', { frameUrl: '', isMainFrame: true }, 'external.open', { url: 'x' }, 'ipc.sender_refused'],
    ['an unknown call', CONSOLE, 'shell.exec', null, 'ipc.unknown_call'],
    ['a name of the prototype', CONSOLE, 'constructor', null, 'ipc.unknown_call'],
    ['a name that is no text', CONSOLE, ['app.info'], null, 'ipc.unknown_call'],
    ['a huge input', CONSOLE, 'external.open', { url: 'x'.repeat(IPC_INPUT_LIMIT_BYTES) }, 'ipc.input_invalid'],
    ['a ring', CONSOLE, 'external.open', ring, 'ipc.input_invalid'],
    ['an unknown field', CONSOLE, 'external.open', { url: 'x', args: [] }, 'ipc.input_invalid'],
    ['an input where none is taken', CONSOLE, 'plane.restart', { now: true }, 'ipc.input_invalid'],
    ['no input where one is', CONSOLE, 'window.scheme', undefined, 'ipc.input_invalid'],
  ])('%s', async (_what, sender, name, input, code) => {
    expect(await door()(sender, name, input)).toMatchObject({ ok: false, code });
    expect(log.names()).toEqual([code]);
    expect(asked).toEqual([]);
  });
});

it('does not tell the page why a handler failed, but the log', async () => {
  handlers['plane.restart'] = () => {
    throw new Error('ENOENT /home/ada/secret');
  };
  const outcome = await door()(CONSOLE, 'plane.restart', null);
  expect(outcome).toMatchObject({ ok: false, code: 'ipc.failed' });
  expect(JSON.stringify(outcome)).not.toContain('ada');
  expect(log.names()).toEqual(['ipc.failed']);
});

it('lets no answer out that is not of the contract', async () => {
  handlers['plane.status'] = () => ({ state: 'ready', operator_token: 'cco_x' }) as never;
  expect(await door()(CONSOLE, 'plane.status', null)).toMatchObject({ ok: false, code: 'ipc.failed' });
});

import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { doctorContext } from '../testing/doctor-context.ts';
import { listeningSockets } from './listening-sockets.ts';
import { noListeningSocketChecker } from './no-listening-socket.ts';

describe.runIf(process.platform === 'linux')('no listening socket', () => {
  test('passes for a process that dials out only', async () => {
    expect(await noListeningSocketChecker.check(doctorContext())).toMatchObject({ passed: true });
  });

  test.each([
    ['TCP', { port: 0, host: '127.0.0.1' }],
    ['IPv6', { port: 0, host: '::1' }],
    ['a local socket', { path: join(tmpdir(), `cc-listen-${process.pid}.sock`) }],
  ])('fails for one that listens by %s', async (_name, where) => {
    const server = createServer();
    const isListening = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(where, () => resolve(true));
    });
    if (isListening) {
      expect(listeningSockets(process.pid, 'linux')).toHaveLength(1);
      expect(await noListeningSocketChecker.check(doctorContext())).toMatchObject({
        passed: false,
        detail: expect.stringContaining('Listens on'),
      });
    }
    await new Promise((resolve) => server.close(resolve));
  });

  test('does not apply where the platform does not tell', () => {
    const surroundings = { platform: 'win32' as const, env: {}, home: 'C:/' };
    expect(noListeningSocketChecker.applicable(doctorContext({ surroundings }))).toBe(false);
  });
});

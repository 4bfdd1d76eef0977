import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlaneProcess } from '../helpers/plane-process.ts';

const GIBIBYTE = 1024 ** 3;
let plane: PlaneProcess;
let command: string;
let bytes: Buffer;
const servers: Server[] = [];

beforeAll(async () => {
  plane = await PlaneProcess.start();
  command = (await plane.enroll('laptop-1')).commands.bash.connect;
  ({ bytes } = await plane.call('bootstrap', { bearer: null }));
});
afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  await plane.close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Would be seen: a runner that starts says what it needs. */
const PROGRAM = Buffer.from('console.log("RAN"); process.exit(0);');

/** A gibibyte, written as fast as it is read; `sent` is how much of it left. */
let sent = 0;
const endless: RequestListener = (_, response) => {
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  response.on('error', () => undefined);
  const more = () => {
    for (;;) {
      if (sent >= GIBIBYTE) return void response.end();
      sent += chunk.length;
      if (!response.write(chunk)) return void response.once('drain', more);
    }
  };
  more();
};

describe('row 27: a bootstrap that is not the one whose digest the command pins', () => {
  test.each<[string, RequestListener, number]>([
    [
      'with one bit flipped',
      (_, response) => {
        const flipped = Buffer.from(bytes);
        flipped[bytes.length - 10] = (flipped[bytes.length - 10] as number) ^ 1;
        response.end(flipped);
      },
      65,
    ],
    ['truncated', (_, response) => response.end(bytes.subarray(0, -1)), 65],
    [
      'whose connection breaks in the middle',
      (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 1_000), () => setImmediate(() => response.destroy()));
      },
      65,
    ],
    ['that is empty', (_, response) => response.end(), 65],
    ['that is another program', (_, response) => response.end(PROGRAM), 65],
    ['of 1 GiB', endless, 65],
    [
      'that lies elsewhere',
      (_, response) => response.writeHead(302, { location: `${plane.url}/api/v1/runner/bootstrap` }).end(),
      69,
    ],
    ['that is not there', (_, response) => response.writeHead(404).end('no'), 69],
  ])('%s is refused with one line, and nothing ran', async (_name, answer, code) => {
    const url = await serve(answer);
    const refused = await plane.paste(command.replaceAll(plane.url, url)).ended;
    expect(refused.code).toBe(code);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toMatch(/^The [^\n]+ Nothing ran\.\n$/);
  });

  test('of 1 GiB is not read on to its end', () => {
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });
});

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runnerCommands } from './runner-commands.ts';

const BOOTSTRAP = 'console.log(JSON.stringify(process.argv.slice(1)));';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const PLANE_KEY = `SHA256:${'mV3tq0HcW8yZr5uXoL1aKfD9sJb7EeGp2NnTi4RkYw'}Q`;
const ENROLLMENT = 'enr_0123456789ABCDEFGHJKMNPQRS';

let server: Server;
let url: string;
let answer: { status: number; body: string; location?: string };
beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const commands = (target = url) =>
  runnerCommands({
    url: target,
    target: `--enrollment ${ENROLLMENT}`,
    planeKey: PLANE_KEY,
    bootstrapSha256: sha256(BOOTSTRAP),
  });
const run = (command: string): Promise<{ exit: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile('bash', ['-c', command], (error, out, err) =>
      resolve({ exit: error === null ? 0 : Number(error.code), out, err }),
    );
  });

describe('the printed commands', () => {
  test.each([
    ['connect', () => ['connect', '--url', url, '--enrollment', ENROLLMENT, '--plane-key', PLANE_KEY]],
    ['doctor', () => ['doctor', '--enrollment', ENROLLMENT, '--plane-key', PLANE_KEY]],
    ['run', () => ['run', '--once', '--enrollment', ENROLLMENT, '--plane-key', PLANE_KEY]],
  ] as const)(
    '%s fetches the runner, checks it and runs it with its arguments, through a real shell',
    async (verb, args) => {
      answer = { status: 200, body: BOOTSTRAP };
      const { exit, out } = await run(commands().bash[verb]);
      expect(exit).toBe(0);
      expect(JSON.parse(out)).toEqual(args());
    },
  );

  test.each([
    ['another body', () => ({ status: 200, body: `${BOOTSTRAP} ` }), 65],
    ['an empty one', () => ({ status: 200, body: '' }), 65],
    ['an error', () => ({ status: 404, body: BOOTSTRAP }), 69],
    ['a redirect', () => ({ status: 302, body: BOOTSTRAP, location: `${url}/x` }), 69],
  ] as const)('%s is refused and nothing runs', async (_, given, exit) => {
    answer = given();
    expect(await run(commands().bash.run)).toMatchObject({
      exit,
      out: '',
      err: expect.stringMatching(/^The [^\n]+ Nothing ran\.\n$/),
    });
  });

  test('a plane that is not there is exit 69', async () => {
    expect((await run(commands('http://127.0.0.1:9').bash.connect)).exit).toBe(69);
  });

  test('bash and PowerShell differ in the line continuation alone; neither text can end its quotes', () => {
    const { bash, powershell } = commands();
    for (const verb of ['connect', 'doctor', 'run'] as const) {
      expect(powershell[verb]).toBe(bash[verb].replace("' \\\n", "' `\n"));
      const script = /'([^']*)'/.exec(bash[verb])?.[1] ?? '';
      expect(script).not.toMatch(/["'$\\]/);
      expect(bash[verb].split("'")).toHaveLength(3);
    }
  });
});

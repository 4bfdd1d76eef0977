import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine } from '../../test/helpers/command-line.ts';
import type { PlaneUnderTest } from '../../test/helpers/plane-under-test.ts';

let line: CommandLine;
let plane: PlaneUnderTest;
let dataDir: string;
let files: string;
let stranger: { url: string; server: Server };
beforeAll(async () => {
  line = await CommandLine.start();
  ({ plane, files } = line);
  dataDir = plane.dataDir;
  const server = createServer((_, response) => response.end('<h1>Hello</h1>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  stranger = { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
afterAll(async () => {
  await line.close();
  stranger.server.close();
});

const file = (name: string, text: string): string => line.file(name, text);
const at = (name: string): string[] => ['--data-dir', join(files, name)];

describe('the command line: how it ends', () => {
  /** Not the folder of whoever runs the tests. */
  const anchors = (): string[] => ['--anchor-dir', join(files, 'anchors')];
  test.each<[string, () => string[], number, RegExp]>([
    ['no command', () => [], 64, /^$/],
    ['an unknown command', () => ['fly'], 64, /There is no command fly/],
    ['an unknown flag', () => ['serve', '--colour', 'red'], 64, /--colour/],
    ['a flag without its value', () => ['serve', '--port'], 64, /--port/],
    ['a port that is none', () => ['serve', '--port', '99999'], 64, /--port takes a whole number/],
    ['a lease time below 5 s', () => ['serve', '--lease-ttl-ms', '10'], 64, /--lease-ttl-ms/],
    ['an open host without a public URL', () => ['serve', '--host', '0.0.0.0'], 64, /--public-url https:/],
    [
      'a public URL over plain http',
      () => ['serve', '--host', '0.0.0.0', '--public-url', 'http://x.example'],
      64,
      /https:/,
    ],
    ['a public URL with a path', () => ['serve', '--public-url', 'https://x.example/a'], 64, /without a path/],
    ['half a certificate', () => ['serve', '--tls-cert', '/nowhere'], 64, /go together/],
    [
      'a certificate that is not there',
      () => ['serve', '--tls-cert', '/nowhere', '--tls-key', '/nowhere'],
      2,
      /cannot be read/,
    ],
    ['job without a verb', () => ['job', '--data-dir', dataDir], 64, /job takes submit/],
    ['job show without an id', () => ['job', 'show', '--data-dir', dataDir], 64, /needs the id/],
    ['source with an unknown verb', () => ['source', 'fly', 'x', '--data-dir', dataDir], 64, /source has no fly/],
    [
      'a kind of source that is none',
      () => ['source', 'enroll', 'x', '--kind', 'cloud', '--data-dir', dataDir],
      64,
      /--kind takes/,
    ],
    ['a URL without a token', () => ['job', 'list', '--url', plane.url], 64, /--token-file/],
    [
      'a token file that is not there',
      () => ['job', 'list', '--url', plane.url, '--token-file', join(files, 'none')],
      2,
      /cannot be read/,
    ],
    ['a plane that is not there', () => ['job', 'list', '--data-dir', join(files, 'empty')], 69, /Start one/],
    [
      'a plane that does not answer',
      () => ['job', 'list', '--url', 'http://127.0.0.1:9', '--token-file', file('token', 'cco_x')],
      69,
      /does not answer/,
    ],
    [
      'a token that is not known',
      () => ['job', 'list', '--url', plane.url, '--token-file', file('token', 'cco_x')],
      77,
      /auth\.invalid/,
    ],
    [
      'a job that is no JSON',
      () => ['job', 'submit', file('a.json', '{"wu_id":\nx'), '--data-dir', dataDir],
      2,
      /is not JSON/,
    ],
    [
      'a file that is not there',
      () => ['job', 'submit', join(files, 'none'), '--data-dir', dataDir],
      2,
      /cannot be read/,
    ],
    [
      'a job with a wrong field',
      () => ['job', 'submit', file('b.json', '{"wu_id":"WU-1"}'), '--data-dir', dataDir],
      2,
      /\/title/,
    ],
    [
      'a job that is not known',
      () => ['job', 'show', 'job_00000000000000000000000000', '--data-dir', dataDir],
      2,
      /not_found/,
    ],
    ['a folder without data', () => ['doctor', '--data-dir', files], 2, /holds no data/],
    [
      'a label without a value',
      () => ['source', 'enroll', 'x', '--label', 'region', '--data-dir', dataDir],
      64,
      /name=value/,
    ],
    ['a limit that is none', () => ['job', 'list', '--limit', '0', '--data-dir', dataDir], 64, /--limit takes/],
    [
      'something that is no control plane',
      () => ['job', 'list', '--url', stranger.url, '--token-file', file('token', 'x')],
      69,
      /not as a control plane/,
    ],
    ['a data directory that is a file', () => ['serve', '--data-dir', file('f', '')], 2, /is not a folder/],
    [
      'a host of another machine',
      () => ['serve', ...at('h'), ...anchors(), '--host', '192.0.2.1', '--public-url', 'https://x.example'],
      64,
      /no address 192/,
    ],
    ['a port that is taken', () => ['serve', ...at('p'), ...anchors(), '--port', String(plane.port)], 69, /is in use/],
    [
      'a certificate that is none',
      () => ['serve', ...at('c'), ...anchors(), '--tls-cert', file('cert', 'x'), '--tls-key', file('key', 'x')],
      2,
      /certificate and its key cannot be used/,
    ],
    ['a desktop process without its app', () => ['serve', '--embedded', ...at('e'), ...anchors()], 64, /Leave it out/],
    ['a scenario that is none', () => ['demo', '--scenario', 'none'], 64, /demo --list/],
  ])('%s', async (_, args, code, sentence) => {
    const ended = await line.run(args());
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });

  test('--help and --version end with 0', async () => {
    const [help, version] = [await line.run(['job', '--help']), await line.run(['--version'])];
    expect([help.code, version.code]).toEqual([0, 0]);
    expect(help.stdout).toContain('Exit codes');
    expect(version.stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

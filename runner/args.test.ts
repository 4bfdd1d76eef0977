import { describe, expect, it, test } from 'vitest';
import { parseArgs } from './args.ts';
import { planeOrigin } from './plane-url.ts';

const KEY = `SHA256:${'a'.repeat(43)}`;
const CONNECT = ['connect', '--url', 'http://127.0.0.1:1', '--enrollment', 'enr_1', '--plane-key', KEY];

describe('the command line', () => {
  test('reads connect as the console prints it', () => {
    expect(parseArgs(CONNECT)).toMatchObject({
      command: 'connect',
      url: 'http://127.0.0.1:1',
      enrollment: 'enr_1',
      planeKey: KEY,
    });
  });

  test('reads run with its options, in both ways of writing a value', () => {
    const args = parseArgs(['run', '--once', '--enrollment=enr_1', '--capacity', '3', '--work-dir=/w', '--keep']);
    expect(args).toMatchObject({ command: 'run', once: true, capacity: 3, workDir: '/w', keep: true, drainMs: 30_000 });
  });

  test.each([
    [['connect', '--url', 'x', '--credential', `cce_${'x'.repeat(38)}`]],
    [[`cce_${'x'.repeat(38)}`]],
    [['run', `--enrollment=ccp_${'x'.repeat(38)}`]],
  ])('refuses a secret in it, says how instead and never repeats it', (argv) => {
    expect(() => parseArgs(argv)).toThrow(/hidden prompt/);
    expect(() => parseArgs(argv)).not.toThrow(/x{8}/);
    expect(() => parseArgs(argv)).toThrow(expect.objectContaining({ exitCode: 64 }));
  });

  test.each([
    [[]],
    [['start']],
    [['run']],
    [['run', '--enrollment']],
    [['run', '--enrollment', '../x']],
    [['run', '--enrollment', 'enr_1', '--enrollment', 'enr_2']],
    [['run', '--enrollment', 'enr_1', '--capacity', '0']],
    [['run', '--enrollment', 'enr_1', '--capacity', '1e3']],
    [['run', '--enrollment', 'enr_1', '--fast']],
    [['run', '--enrollment', 'enr_1', 'extra']],
    [['doctor', '--enrollment', 'enr_1', '--json=1']],
    [['doctor', '--enrollment', 'enr_1', '--constructor', 'x']],
    [['connect', '--enrollment', 'enr_1', '--plane-key', KEY]],
    [['connect', '--url', 'http://127.0.0.1', '--enrollment', 'enr_1']],
    [['connect', '--url', 'http://127.0.0.1', '--enrollment', 'enr_1', '--plane-key', 'MD5:1']],
  ])('refuses %j with exit 64', (argv) => {
    expect(() => parseArgs(argv)).toThrow(expect.objectContaining({ exitCode: 64 }));
  });

  test('gives help and version anywhere', () => {
    expect(parseArgs(['--help'])).toEqual({ command: 'help' });
    expect(parseArgs(['run', '--help'])).toEqual({ command: 'help' });
    expect(parseArgs(['--version'])).toEqual({ command: 'version' });
  });
});

describe('the address of the plane', () => {
  test.each(['https://plane.example', 'http://127.0.0.1:4100', 'http://localhost:1', 'http://[::1]:8080'])(
    '%s is taken',
    (url) => {
      expect(planeOrigin(url)).toBe(url);
    },
  );

  test.each([
    'http://plane.example',
    'http://10.0.0.1:4100',
    'http://localhost.plane.example',
    'http://127.0.0.1.plane.example',
    'ftp://127.0.0.1',
    'https://user:pass@plane.example',
    'https://plane.example/path',
    'plane.example',
  ])('%s is refused with exit 64', (url) => {
    expect(() => planeOrigin(url)).toThrow(expect.objectContaining({ exitCode: 64 }));
  });
});

describe('what a supervisor gives to run', () => {
  const run = (...words: string[]) => parseArgs(['run', '--state-dir', '/s', ...words]);

  it('is a pause file, kinds and the address of now', () => {
    const words = ['--pause-file', '/s/paused', '--kinds', 'command,container', '--url', 'https://plane.example'];
    expect(run(...words)).toMatchObject({
      pauseFile: '/s/paused',
      kinds: ['command', 'container'],
      url: 'https://plane.example',
    });
    expect(run()).toMatchObject({ pauseFile: null, kinds: null, url: null });
  });

  it('names the kind that there is not', () => expect(() => run('--kinds', 'command,shell')).toThrow('not shell'));
});

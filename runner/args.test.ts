import { resolve } from 'node:path';
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

  test('keeps for a service what run is to be started with, paths from anywhere', () => {
    const image = `host/busybox@sha256:${'b'.repeat(64)}`;
    const cluster = ['--kube-helper', image, '--kubeconfig', 'kube.json', '--kube-namespace', 'jobs'];
    const args = parseArgs(['service', 'print', '--enrollment', 'enr_1', ...cluster, '--capacity=2', '--keep']);
    expect(args).toMatchObject({ command: 'service', enrollment: 'enr_1', format: null });
    expect(args).toHaveProperty('runWords', [
      ...['--kube-helper', image, '--kubeconfig', resolve('kube.json'), '--kube-namespace', 'jobs'],
      ...['--capacity', '2', '--keep'],
    ]);
    const hosts = ['--image-registry', 'docker.io', '--image-registry', 'quay.io'];
    const words = parseArgs(['service', 'print', '--enrollment', 'enr_1', ...hosts]);
    expect(words).toHaveProperty('runWords', hosts);
    expect(parseArgs(['run', '--enrollment', 'enr_1', ...hosts])).toMatchObject({
      imageRegistries: ['docker.io', 'quay.io'],
    });
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
    [['service', 'print', '--enrollment', 'enr_1', '--once']],
    [['service', 'print', '--enrollment', 'enr_1', '--kube-helper', 'busybox']],
    [['service', 'print', '--enrollment', 'enr_1', '--capacity', '0']],
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

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clusterAccess } from './cluster-access.ts';
import { clusterSettings } from './cluster-options.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-kube-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const IMAGE = `busybox@sha256:${'b'.repeat(64)}`;
const path = () => join(folder, 'config');
const config = (cluster: object = {}, user: object = {}) => ({
  'current-context': 'two',
  contexts: [
    { name: 'one', context: { cluster: 'other', user: 'other' } },
    { name: 'two', context: { cluster: 'c', user: 'u', namespace: 'jobs' } },
  ],
  clusters: [{ name: 'c', cluster: { server: 'https://cluster.example:6443', ...cluster } }],
  users: [{ name: 'u', user: { token: 'secret-token', ...user } }],
});
const read = (value: unknown, namespace: string | null = null) => {
  writeFileSync(path(), typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 });
  return clusterAccess({ kubeconfig: path(), namespace, helperImage: IMAGE }, {});
};

describe('a kubeconfig in JSON form', () => {
  test('is read by its current context, with certificates inline or in files', () => {
    writeFileSync(join(folder, 'ca.crt'), 'the ca');
    const found = read(
      config(
        { 'certificate-authority': 'ca.crt', 'tls-server-name': 'kubernetes' },
        { 'client-certificate-data': Buffer.from('cert').toString('base64'), 'client-key-data': 'a2V5' },
      ),
    );
    expect([found.origin.href, found.namespace, found.serverName]).toEqual([
      'https://cluster.example:6443/',
      'jobs',
      'kubernetes',
    ]);
    expect([found.ca, found.cert, found.key].map(String)).toEqual(['the ca', 'cert', 'key']);
    expect(found.token()).toBe('secret-token');
    expect(read(config(), 'other').namespace).toBe('other');
  });

  test('reads a token file at each call, because it is renewed', () => {
    writeFileSync(join(folder, 'token'), 'first\n');
    const { token } = read(config({}, { tokenFile: 'token' }));
    expect(token()).toBe('first');
    writeFileSync(join(folder, 'token'), 'second\n');
    expect(token()).toBe('second');
  });

  test.each<[string, unknown, RegExp]>([
    ['YAML', 'apiVersion: v1\nkind: Config\n', /is not JSON.*kubectl config view --raw/],
    ['no context', {}, /no current context/],
    ['plain http to elsewhere', config({ server: 'http://10.0.0.1:8080' }), /without TLS/],
    ['no check of the server', config({ 'insecure-skip-tls-verify': true }), /certificate-authority-data/],
    ['a password in the address', config({ server: 'https://u:p@cluster.example' }), /holds a password/],
    ['a proxy', config({ 'proxy-url': 'http://proxy.example' }), /names a proxy/],
    ['a program that signs in', config({}, { exec: { command: 'aws' } }), /signs in by exec.*service account/],
    ['a server that is none', config({ server: 'file:///etc' }), /names no server/],
  ])('is refused with %s, and its secret is not told', (_what, value, words) => {
    let said = '';
    try {
      read(value);
    } catch (error) {
      said = String(error);
    }
    expect(said).toMatch(words);
    expect(said).not.toContain('secret-token');
  });

  test.runIf(process.platform !== 'win32')('is refused when others can read it', () => {
    read(config());
    chmodSync(path(), 0o644);
    expect(() => clusterAccess({ kubeconfig: path(), namespace: null, helperImage: IMAGE }, {})).toThrow(/chmod 600/);
  });

  test('names a namespace that is one', () => {
    expect(() => read(config(), '../x')).toThrow(/not the name of a namespace/);
  });
});

test('outside of a pod there is no cluster without a kubeconfig', () => {
  const settings = { kubeconfig: null, namespace: null, helperImage: IMAGE };
  expect(() => clusterAccess(settings, {})).toThrow(/--kubeconfig/);
});

test('the options of a cluster come with its helper image, by digest', () => {
  const of = (values: Record<string, string>) => clusterSettings(new Map(Object.entries(values)));
  expect(of({})).toBeNull();
  expect(of({ '--kube-helper': IMAGE, '--kube-namespace': 'jobs' })).toEqual({
    kubeconfig: null,
    namespace: 'jobs',
    helperImage: IMAGE,
  });
  expect(() => of({ '--kubeconfig': 'x' })).toThrow(/need --kube-helper/);
  expect(() => of({ '--kube-helper': 'busybox:latest' })).toThrow(/with its digest/);
});

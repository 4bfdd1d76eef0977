import { describe, expect, test } from 'vitest';
import { addressFor, type EgressRules, parseHostPort, rightTo } from './destination.ts';

describe('a target', () => {
  test.each([
    ['Example.COM:443', { host: 'example.com', port: 443 }],
    ['example.com.:80', { host: 'example.com', port: 80 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['example.com', null],
    ['example.com:0', null],
    ['example.com:65536', null],
    ['a b:80', null],
    ['user@host:80', null],
  ])('%s', (text, expected) => expect(parseHostPort(text)).toEqual(expected));
});

describe('the right to reach it', () => {
  const rules: EgressRules = {
    admitted: [{ host: 'db.internal', port: 5432 }],
    listed: [{ host: 'a.example', port: 443 }],
  };
  test.each([
    ['db.internal', 5432, 'admitted'],
    ['db.internal', 22, null],
    ['a.example', 443, 'listed'],
    ['a.example', 80, null],
    ['b.a.example', 443, null],
    ['169.254.169.254', 80, null],
  ])('%s:%d is %s', (host, port, expected) => expect(rightTo(rules, { host, port })).toBe(expected));
});

describe('the address it leads to', () => {
  test('a listed name reaches public addresses only', () => {
    expect(addressFor('listed', ['93.184.216.34'], [])).toBe('93.184.216.34');
    for (const address of ['10.0.0.1', '127.0.0.1', '169.254.169.254', '::ffff:10.0.0.1'])
      expect(addressFor('listed', [address], [])).toBeNull();
  });
  test('an admitted one also private ones, never this machine or the metadata service', () => {
    expect(addressFor('admitted', ['10.0.0.1'], [])).toBe('10.0.0.1');
    for (const address of ['127.0.0.1', '169.254.169.254', '::1'])
      expect(addressFor('admitted', [address], [])).toBeNull();
  });
  test('a name with one bad address among good ones is refused as a whole', () =>
    expect(addressFor('listed', ['93.184.216.34', '127.0.0.1'], [])).toBeNull());
  test("this machine's own public address is not egress", () =>
    expect(addressFor('listed', ['93.184.216.34'], ['93.184.216.34'])).toBeNull());
  test('no address at all is nothing to connect to', () => expect(addressFor('admitted', [], [])).toBeNull());
});

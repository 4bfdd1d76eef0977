import { expect, test } from 'vitest';
import { addressClassOf } from './address-class.ts';

test.each([
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.0.1', 'private'],
  ['192.0.2.2', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['127.0.0.1', 'forbidden'],
  ['127.255.255.254', 'forbidden'],
  ['0.0.0.0', 'forbidden'],
  ['169.254.169.254', 'forbidden'],
  ['100.100.100.200', 'forbidden'],
  ['fd00:ec2::254', 'forbidden'],
  ['224.0.0.1', 'forbidden'],
  ['::1', 'forbidden'],
  ['::', 'forbidden'],
  ['fe80::1%eth0', 'forbidden'],
  ['::ffff:127.0.0.1', 'forbidden'],
  ['::ffff:a00:1', 'private'],
  ['::ffff:8.8.8.8', 'public'],
  ['64:ff9b::a9fe:a9fe', 'forbidden'],
  ['2002:7f00:1::', 'forbidden'],
  ['::127.0.0.1', 'forbidden'],
  ['localhost', 'forbidden'],
  ['2130706433', 'forbidden'],
  ['', 'forbidden'],
])('%s is %s', (address, expected) => {
  expect(addressClassOf(address)).toBe(expected);
});

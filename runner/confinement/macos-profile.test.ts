import { expect, test } from 'vitest';
import { macosProfile } from './macos-profile.ts';

const input = { workDir: '/tmp/w', tmpDir: '/tmp/t', home: '/Users/u', proxyPort: null };

test('denies the network, and opens the way to the proxy alone', () => {
  expect(macosProfile(input)).toContain('(deny network*)');
  expect(macosProfile(input)).not.toContain('allow network');
  expect(macosProfile({ ...input, proxyPort: 3128 })).toContain(
    '(allow network-outbound (remote ip "localhost:3128"))',
  );
});

test('refuses a path that would end its string', () => {
  expect(() => macosProfile({ ...input, workDir: '/tmp/a") (allow default) ("' })).toThrow('quote');
});

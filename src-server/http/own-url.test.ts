import { expect, test } from 'vitest';
import { authoritiesOf } from './host-guard.ts';
import { ownUrl } from './own-url.ts';

test.each([
  ['127.0.0.1', null, 'http://127.0.0.1:7070'],
  ['localhost', null, 'http://localhost:7070'],
  ['::1', null, 'http://localhost:7070'],
  ['0.0.0.0', 'https://plane.example', 'http://127.0.0.1:7070'],
  ['::', 'https://plane.example', 'http://127.0.0.1:7070'],
  ['192.0.2.7', 'https://plane.example', 'https://plane.example'],
])('a server on %s (public: %s) is reached at %s, and lets that name in', (listenHost, publicUrl, url) => {
  const found = ownUrl(listenHost, 7070, false, publicUrl);
  expect(found).toBe(url);
  expect(authoritiesOf(7070, false, publicUrl).hosts).toContain(new URL(found).host);
});

test('with a certificate it is https', () => {
  expect(ownUrl('127.0.0.1', 7070, true, null)).toBe('https://127.0.0.1:7070');
});

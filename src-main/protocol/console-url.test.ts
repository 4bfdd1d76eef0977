import { describe, expect, it } from 'vitest';
import { isConsoleUrl, targetOf } from './console-url.ts';

describe('isConsoleUrl', () => {
  it.each(['app://console', 'app://console/', 'app://console/dashboard/ws_1/jobs?state=queued'])('knows %s', (url) => {
    expect(isConsoleUrl(url)).toBe(true);
  });

  it.each([
    'app://console.example.org/',
    'app://other/',
    'app://user@console/',
    'app://console:8080/',
    'https://console/',
    'file:///console/index.html',
    'javascript:alert(1)',
    'not a url',
    '',
  ])('refuses %s', (url) => {
    expect(isConsoleUrl(url)).toBe(false);
  });
});

describe('targetOf', () => {
  it.each(['/', '/dashboard/ws_1/compute', '/dashboard/ws_1/jobs/job_2?tab=log', '/apidocs'])(
    'gives the page for %s',
    (path) => {
      expect(targetOf(`app://console${path}`)).toEqual({ kind: 'page' });
    },
  );

  it('gives files of the build', () => {
    expect(targetOf('app://console/assets/index-B4.js')).toEqual({ kind: 'file', path: '/assets/index-B4.js' });
  });

  it('hands API calls on with their query, still encoded', () => {
    const path = '/api/v1/workspaces/ws_1/leases/a%2Fb?limit=5&cursor=x';
    expect(targetOf(`app://console${path}`)).toEqual({ kind: 'api', pathAndQuery: path });
  });

  it.each([
    'app://console/api/v1/runtime/claim',
    'app://console/api/v1/%72untime/claim',
    'app://console/api/v1/runner/bootstrap',
    'app://console/api/v1/sign-in',
    'app://console/api/v2/health',
    'app://console/api',
    'app://console/api/v1//runtime/claim',
    'app://console/api/v1/workspaces/..%2Fruntime/claim',
    'app://console/api/v1/%2e%2e%2f%2e%2e%2fmetrics',
    'app://console/..%2f..%2fpackage.json',
    'app://console/assets%5C..%5C..%5Cmain%5Cindex.js',
    'app://console/index.html%00.png',
    'app://console/%E0%A4%A',
    'app://elsewhere/index.html',
  ])('refuses %s', (url) => {
    expect(targetOf(url).kind).toBe('refused');
  });

  it('takes a path that a URL parser has already made harmless for what it became', () => {
    expect(targetOf('app://console/a/../../index.html')).toEqual({ kind: 'file', path: '/index.html' });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { problem } from '../../src-server/contract/problems.ts';
import { MemoryLog } from '../testing/memory-log.ts';
import { createConsoleHandler } from './console-handler.ts';

let dir: string;
const log = new MemoryLog();
const handle = (path: string, init?: RequestInit) =>
  createConsoleHandler({
    rendererDir: join(dir, 'renderer'),
    proxy: async (_request, pathAndQuery) => new Response(`proxied ${pathAndQuery}`),
    own: async (_request, pathAndQuery) => new Response(`own ${pathAndQuery}`),
    log,
  })(new Request(`app://console${path}`, init));

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'cc-console-'));
  mkdirSync(join(dir, 'renderer', 'assets'), { recursive: true });
  mkdirSync(join(dir, 'renderer-secrets'));
  writeFileSync(join(dir, 'renderer', 'index.html'), '<title>page</title>');
  writeFileSync(join(dir, 'renderer', 'assets', 'a.js'), 'export {};');
  writeFileSync(join(dir, 'renderer', 'assets', 'a.exe'), 'MZ');
  writeFileSync(join(dir, 'outside.js'), 'secret');
  writeFileSync(join(dir, 'renderer-secrets', 'key.js'), 'secret');
});
afterAll(() => rmSync(dir, { recursive: true }));

it('serves the page for every deep link, under a strict policy', async () => {
  const answer = await handle('/dashboard/ws_1/jobs/job_1');
  expect(await answer.text()).toBe('<title>page</title>');
  expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
  const policy = answer.headers.get('Content-Security-Policy');
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|http/);
  expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
});

it('serves a file of the build with its type', async () => {
  const answer = await handle('/assets/a.js');
  expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'text/javascript; charset=utf-8']);
});

it.each([
  '/assets/none.js',
  '/assets/a.exe',
  '/..%2foutside.js',
  '/..%2frenderer-secrets%2fkey.js',
  '/%2e%2e/outside.js',
])('answers %s with a problem and no bytes of a file', async (path) => {
  const answer = await handle(path);
  expect(answer.status).toBe(404);
  const document = problem.parse(await answer.json());
  expect(document.code).toBe('not_found');
  expect(document.detail).not.toBe('');
});

it('hands API calls to the proxy', async () => {
  expect(await (await handle('/api/v1/session?x=1')).text()).toBe('proxied /api/v1/session?x=1');
});

it('only reads files', async () => {
  expect((await handle('/assets/a.js', { method: 'POST', body: 'x' })).status).toBe(405);
});

it('logs what it refuses', async () => {
  await handle('/api/v1/runtime/claim', { method: 'POST', body: '{}' });
  expect(log.names()).toContain('protocol.refused');
});

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakePlane } from './testing/fake-plane.ts';
import { problem } from './testing/fake-wire.ts';
import { TestRunner } from './testing/harness.ts';

let plane: FakePlane;
let runner: TestRunner;
const state = () => JSON.parse(readFileSync(join(runner.stateDir, 'runner.json'), 'utf8'));

beforeEach(async () => {
  plane = new FakePlane();
  await plane.listen();
  runner = new TestRunner(plane);
});
afterEach(async () => {
  await plane.close();
  runner.remove();
});

describe('connect', () => {
  test('registers, keeps key, ids and program closed to others, and keeps no credential', async () => {
    expect(await runner.connect()).toBe(0);
    expect(state()).toMatchObject({ session_id: plane.sessionId, source_id: 'src_1', url: plane.url });
    const files = ['runner.json', 'bootstrap.mjs'].map((name) => join(runner.stateDir, name));
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(runner.stateDir).mode & 0o777).toBe(0o700);
    expect(files.map((file) => readFileSync(file, 'utf8')).join('')).not.toMatch(/cc[es]_/);
    expect(readFileSync(files[1] as string, 'utf8')).toBe('the program');
    expect(runner.printer.all).not.toContain('cce_');
  });

  test('registers only, offering what the contract asks of a registration', async () => {
    await runner.connect();
    const claim = plane.calls('POST', /claim$/)[0];
    expect(claim?.json).toMatchObject({
      max: 0,
      capacity: 1,
      register: { contract: 1, posture: { files: 'none', pid: 'group', network: [] } },
    });
    expect(claim?.headers['idempotency-key']).toBeTruthy();
  });

  test('asks a false plane to prove its key first and sends it nothing secret', async () => {
    const other = new FakePlane();
    await expect(runner.connect({ planeKey: other.fingerprint })).rejects.toMatchObject({ exitCode: 76 });
    Object.assign(plane, { key: other.key });
    await expect(runner.connect()).rejects.toMatchObject({ exitCode: 76 });
    expect(plane.seen.map(({ path }) => path)).toEqual(['/api/v1/runtime/hello', '/api/v1/runtime/hello']);
    expect(plane.seen.some(({ headers }) => headers.authorization !== undefined)).toBe(false);
  });

  test('redeems again with the same key after a lost answer', async () => {
    let cuts = 0;
    plane.intercept = ({ path }) => (/claim$/.test(path) && cuts++ === 0 ? 'cut' : undefined);
    expect(await runner.connect()).toBe(0);
    const claims = plane
      .calls('POST', /claim$/)
      .map(({ json }) => json.register as { public_key: string; nonce: string });
    expect(claims).toHaveLength(2);
    expect(claims[0]?.public_key).toBe(claims[1]?.public_key);
    expect(claims[0]?.nonce).not.toBe(claims[1]?.nonce);
  });

  test('keeps its key from a try that failed, for the next one', async () => {
    plane.intercept = ({ path }) => (/claim$/.test(path) ? problem(401, 'credential.expired') : undefined);
    await expect(runner.connect()).rejects.toMatchObject({ exitCode: 77 });
    const key = state().private_key_pem;
    plane.intercept = () => undefined;
    expect(await runner.connect()).toBe(0);
    expect(state().private_key_pem).toBe(key);
  });

  test.each([
    ['credential.used', 401, 77],
    ['credential.burned', 401, 77],
    ['credential.mistyped', 400, 65],
    ['runner.too_old', 426, 69],
  ])('ends on %s with the exit code of the table', async (code, status, exitCode) => {
    plane.intercept = ({ path }) => (/claim$/.test(path) ? problem(status, code) : undefined);
    await expect(runner.connect()).rejects.toMatchObject({ exitCode });
  });

  test('changes nothing and asks for nothing when it is connected already', async () => {
    await runner.connect();
    const calls = plane.seen.length;
    expect(await runner.connect({}, 'never read')).toBe(0);
    expect(plane.seen).toHaveLength(calls);
    expect(runner.printer.all).toContain('Connected already');
  });

  test('refuses a state directory of another enrollment', async () => {
    await runner.connect();
    await expect(runner.connect({ enrollment: 'enr_2' })).rejects.toMatchObject({ exitCode: 65 });
  });

  test('says when no plane answers', async () => {
    await plane.close();
    await expect(runner.connect()).rejects.toThrow('No answer from the plane (ECONNREFUSED).');
    await plane.listen();
  });

  test('follows no redirect', async () => {
    plane.intercept = () => ({ status: 307, headers: { location: 'http://127.0.0.1:1/' } });
    await expect(runner.connect()).rejects.toMatchObject({ status: 307 });
  });
});

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Dsse, openDsse } from './dsse.ts';
import { SecretStore } from './secret-store.ts';
import { StateDir } from './state-dir.ts';
import { FakePlane } from './testing/fake-plane.ts';
import { jobSpec } from './testing/fake-wire.ts';
import { TestRunner } from './testing/harness.ts';

const SECRET = 'npm-Very+Secret/42';
const CREDENTIAL = `cce_${'Zz9'.repeat(12)}Ab`;
let plane: FakePlane;
let runner: TestRunner;

beforeEach(async () => {
  plane = new FakePlane();
  await plane.listen();
  runner = new TestRunner(plane);
  await runner.connect();
  new SecretStore(new StateDir(runner.stateDir)).set('NPM_TOKEN', SECRET);
});
afterEach(async () => {
  await plane.close();
  runner.remove();
});

const shell = (line: string, over: object = {}) => jobSpec({ command: { argv: [line], shell: true }, ...over });
const settlement = () => plane.calls('POST', /\/(complete|fail)$/).at(-1)?.json as Record<string, unknown>;
const stdout = () => [...plane.logs].find(([name]) => name.endsWith('/stdout'))?.[1].toString() ?? '';
const receipt = () =>
  JSON.parse(
    openDsse(settlement().run_receipt as Dsse, 'application/vnd.in-toto+json', plane.runnerKey ?? '')?.toString() ??
      '{}',
  ).predicate;

describe('a job that names a secret', () => {
  test('gets its value, and the value leaves in no form', async () => {
    const line = 'echo "is $NPM_TOKEN."; printf %s "$NPM_TOKEN" | base64; printf "$NPM_TOKEN" | od -An -tx1; echo ok';
    plane.queue.push(shell(line, { secrets: ['NPM_TOKEN'] }));
    expect(await runner.run()).toBe(0);
    expect(stdout()).toMatch(/^is \[redacted\]\.\n\[redacted\][^\n]{0,4}\n \[redacted\]\nok\n$/);
    expect(receipt().redactions).toBe(3);
    expect(receipt().environment_names).toContain('NPM_TOKEN');
    expect(Buffer.concat(plane.seen.map(({ body }) => body)).toString('latin1')).not.toContain(SECRET);
  });

  test('has it redacted in text that it leaves, and what is no text is not taken', async () => {
    const line =
      'mkdir out; echo "a=$NPM_TOKEN" > out/a.txt; printf "\\0%s" "$NPM_TOKEN" > out/b.bin; echo x > "out/$(printf %s "$NPM_TOKEN" | tr / _).txt"; echo plain > out/c.txt; echo "$NPM_TOKEN" > out/$(printf %s "$NPM_TOKEN" | od -An -tx1 | tr -d " \\n")';
    plane.queue.push(shell(line, { secrets: ['NPM_TOKEN'], outputs: ['out/**'] }));
    expect(await runner.run()).toBe(0);
    expect(plane.artifacts.get('out/a.txt')?.toString()).toBe('a=[redacted]\n');
    expect(plane.artifacts.get('out/c.txt')?.toString()).toBe('plain\n');
    expect(plane.artifacts.has('out/b.bin')).toBe(false);
    expect(settlement().refused_outputs).toContainEqual({
      path: 'out/b.bin',
      reason: 'it holds a secret, and it is no text in which that could be redacted',
    });
    expect(settlement().refused_outputs).toContainEqual({ path: 'out/[redacted]', reason: 'its name holds a secret' });
    const digest = createHash('sha256').update('a=[redacted]\n').digest('hex');
    expect(settlement().outputs).toContainEqual({ path: 'out/a.txt', sha256: digest, size_bytes: 13 });
  });

  test('that this source does not hold fails before anything is fetched or started, and the reason names it', async () => {
    plane.queue.push(
      shell('echo ran', { secrets: ['OTHER'], inputs: [{ path: 'a', sha256: '0'.repeat(64), size_bytes: 1 }] }),
    );
    expect(await runner.run()).toBe(1);
    expect(settlement()).toMatchObject({ outcome: 'failed', exit_code: null });
    expect(settlement().detail).toBe('This source does not hold the secret OTHER. Set it there: secret set OTHER.');
    expect(plane.calls('GET', /inputs/)).toHaveLength(0);
    expect(stdout()).toBe('');
  });
});

test('a credential that a job prints is hidden, and the plane is told its digest at once', async () => {
  plane.heartbeatMs = 60_000;
  plane.queue.push(shell(`printf 'x ${CREDENTIAL.slice(0, 9)}'; sleep 0.3; echo '${CREDENTIAL.slice(9)}'`));
  expect(await runner.run()).toBe(0);
  expect(stdout()).toBe('x [redacted]\n');
  const told = plane.calls('POST', /heartbeat$/).flatMap(({ json }) => (json.exposed ?? []) as object[]);
  const leaseId = plane.calls('POST', /\/start$/)[0]?.path.split('/')[5];
  expect(told).toEqual([{ lease_id: leaseId, sha256: createHash('sha256').update(CREDENTIAL).digest('hex') }]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { sha256Hex, signMessage } from './ed25519.ts';
import { FakePlane } from './testing/fake-plane.ts';
import { TestRunner } from './testing/harness.ts';
import { upgrade } from './upgrade.ts';

let plane: FakePlane;
let runner: TestRunner;
const NEWER = Buffer.from('export const newer = true;\n');

beforeEach(async () => {
  plane = new FakePlane();
  await plane.listen();
  runner = new TestRunner(plane);
  await runner.connect();
});
afterEach(async () => {
  await plane.close();
  runner.remove();
});

const sign = (bytes: Buffer) => signMessage(plane.key, `connected-compute/bootstrap/v1\n${sha256Hex(bytes)}`);
const serve = (status: number, bytes: Buffer, headers: Record<string, string>) => {
  plane.intercept = ({ path }) => (path.endsWith('/bootstrap') ? { status, bytes, headers } : undefined);
};
const kept = () => readFileSync(join(runner.stateDir, 'bootstrap.mjs'));
const run = () =>
  upgrade(
    { command: 'upgrade', enrollment: 'enr_1', planeKey: null, stateDir: runner.stateDir },
    { clock: systemClock, printer: runner.printer, surroundings: runner.surroundings },
  );

test('keeps the program that the pinned key signed, and says so; again it changes nothing', async () => {
  serve(200, NEWER, { 'cc-signature': sign(NEWER) });
  expect(await run()).toBe(0);
  expect(kept()).toEqual(NEWER);
  expect(runner.printer.all).toContain('signed by the pinned plane key');
  expect(JSON.parse(readFileSync(join(runner.stateDir, 'runner.json'), 'utf8')).bootstrap_sha256).toBe(
    sha256Hex(NEWER),
  );
  expect(await run()).toBe(0);
  expect(runner.printer.lines.at(-1)).toContain('is the one that');
});

const flipped = Buffer.from(NEWER);
flipped[3] = (flipped[3] as number) ^ 1;
test.each([
  ['with one bit flipped', 200, flipped, 65],
  ['truncated', 200, NEWER.subarray(0, 9), 65],
  ['empty', 200, Buffer.alloc(0), 65],
  ['too long', 200, Buffer.alloc(17 * 1024 * 1024), 65],
  ['redirected', 302, NEWER, 65],
] as const)('row 27: a program %s is refused and the kept one stays', async (_name, status, bytes, exitCode) => {
  serve(status, bytes, { 'cc-signature': sign(NEWER), location: 'http://127.0.0.1:1/' });
  await expect(run()).rejects.toMatchObject({ exitCode });
  expect(kept().toString()).toBe('the program');
});

test.each([
  ['by nobody', {}],
  [
    'by another key',
    { 'cc-signature': signMessage(new FakePlane().key, `connected-compute/bootstrap/v1\n${sha256Hex(NEWER)}`) },
  ],
])('a program signed %s is refused', async (_name, headers) => {
  serve(200, NEWER, headers as Record<string, string>);
  await expect(run()).rejects.toMatchObject({ exitCode: 65 });
  expect(kept().toString()).toBe('the program');
});

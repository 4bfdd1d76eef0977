import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SecretArgs } from './args.ts';
import type { TerminalInput } from './hidden-prompt.ts';
import { secret } from './secret-command.ts';
import { SecretStore, takeFromEnvironment } from './secret-store.ts';
import { StateDir } from './state-dir.ts';
import { FakePlane } from './testing/fake-plane.ts';
import { TestRunner } from './testing/harness.ts';

let plane: FakePlane;
let runner: TestRunner;
let store: SecretStore;

beforeEach(async () => {
  plane = new FakePlane();
  await plane.listen();
  runner = new TestRunner(plane);
  await runner.connect();
  store = new SecretStore(new StateDir(runner.stateDir));
});
afterEach(async () => {
  await plane.close();
  runner.remove();
});

const command = (action: SecretArgs['action'], name: string | null, typed = '') =>
  secret(
    { command: 'secret', action, name, enrollment: null, planeKey: null, stateDir: runner.stateDir },
    {
      printer: runner.printer,
      surroundings: runner.surroundings,
      input: Readable.from([typed]) as TerminalInput,
      output: new Writable(),
    },
  );

describe('the secrets of a source', () => {
  test('are kept 0600 and listed by name alone', async () => {
    expect(await command('set', 'NPM_TOKEN', 'npm-secret-value\n')).toBe(0);
    expect(statSync(store.path).mode & 0o777).toBe(0o600);
    expect(await command('list', null)).toBe(0);
    expect(runner.printer.lines.at(-1)).toBe('NPM_TOKEN');
    expect(runner.printer.all).not.toContain('npm-secret-value');
    expect(store.resolve(['NPM_TOKEN'])).toEqual([{ name: 'NPM_TOKEN', value: 'npm-secret-value' }]);
    expect([await command('remove', 'NPM_TOKEN'), await command('remove', 'NPM_TOKEN')]).toEqual([0, 1]);
  });

  test('are refused when they could not be told from ordinary output, and nothing is kept', async () => {
    const refused = expect(command('set', 'PIN', '1234\n')).rejects;
    await refused.toThrow(/PIN has under 6 characters/);
    await expect(command('set', 'PIN', '1234\n')).rejects.not.toThrow(/1234/);
    expect(store.names()).toEqual([]);
  });

  test('in a file that others can read, or that is damaged, are not used', () => {
    store.set('A', 'correct-horse');
    chmodSync(store.path, 0o644);
    expect(() => store.resolve(['A'])).toThrow(/chmod 600/);
    chmodSync(store.path, 0o600);
    writeFileSync(store.path, '{');
    expect(() => store.resolve(['A'])).toThrow(/damaged/);
    expect(store.resolve([])).toEqual([]);
  });

  test('come from the environment by name, once, so that nothing started later inherits them', () => {
    const env: Record<string, string | undefined> = { A: 'from-environment', B: 'short' };
    const held = new SecretStore(new StateDir(runner.stateDir), takeFromEnvironment(['A'], env));
    expect(held.resolve(['A'])[0]?.value).toBe('from-environment');
    expect(env.A).toBeUndefined();
    expect(() => takeFromEnvironment(['B'], env)).toThrow(/under 6/);
    expect(() => takeFromEnvironment(['C'], env)).toThrow(/C is not set/);
  });

  test('that are not held are named', () => {
    expect(() => store.resolve(['A', 'B'])).toThrow(
      'This source does not hold the secrets A, B. Set them there: secret set A.',
    );
  });
});

test('the state directory holds no other copy', async () => {
  await command('set', 'A', 'correct-horse');
  expect(readFileSync(join(runner.stateDir, 'runner.json'), 'utf8')).not.toContain('correct-horse');
});

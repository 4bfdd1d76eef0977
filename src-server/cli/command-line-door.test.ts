import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CommandLineDoor } from './command-line-door.ts';
import { consoleFilePath } from './console-file.ts';

const FACTS = { url: 'http://127.0.0.1:4000', pid: 1, workspace_id: 'ws_1', plane_public_key: 'k' };
let dir: string;
let admitted: Map<string, string>;
const operators = () => ({
  admit: (name: string, role: 'admin', operatorId = 'os') => {
    admitted.set(operatorId, `cco_of_${operatorId}`);
    return { operator: { operatorId, name, role }, token: `cco_of_${operatorId}` };
  },
  dismiss: (operatorId: string) => void admitted.delete(operatorId),
});
const open = () => new CommandLineDoor(operators() as never, dir, FACTS, 'ada');
const written = () => JSON.parse(readFileSync(consoleFilePath(dir), 'utf8'));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cc-door-'));
  admitted = new Map();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('is closed at first: the file tells where the plane is, and no token', () => {
  open();
  expect(written()).toEqual(FACTS);
  expect(admitted.size).toBe(0);
});

it('writes a token of its own for its owner alone, and takes it out and ends it when it closes', () => {
  const door = open();
  door.set(true);
  door.set(true);
  expect(written()).toEqual({ ...FACTS, operator_token: 'cco_of_cli_ada' });
  expect(statSync(consoleFilePath(dir)).mode & 0o777).toBe(0o600);
  expect([...admitted.keys()]).toEqual(['cli_ada']);
  door.set(false);
  expect(written()).toEqual(FACTS);
  expect(admitted.size).toBe(0);
});

it('leaves nobody a token where the file cannot be written', () => {
  const door = open();
  rmSync(dir, { recursive: true });
  expect(() => door.set(true)).toThrow(/ENOENT/);
  expect(door.isOpen).toBe(false);
  expect(admitted.size).toBe(0);
});

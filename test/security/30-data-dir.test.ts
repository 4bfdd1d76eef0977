import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../src-server/cli/run-command.ts';
import { PLAIN_JOB, PlaneUnderTest } from '../helpers/plane-under-test.ts';

let dataDir: string | null = null;
afterEach(() => {
  if (dataDir !== null) rmSync(dataDir, { recursive: true, force: true });
  dataDir = null;
});

/** A data directory with a few entries, at rest. Snapshots are dropped, so that a start reads the whole log. */
async function written(): Promise<string> {
  const plane = await PlaneUnderTest.start();
  dataDir = plane.dataDir;
  for (let n = 0; n < 5; n++) await plane.submit({ title: `Job ${n}` });
  await plane.stop();
  rmSync(join(dataDir, 'sqlite'), { recursive: true, force: true });
  return dataDir;
}
/** Every file of the data directory with its content; what the test helper puts there itself is left out. */
const treeOfFiles = (directory: string): [string, string][] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !['bootstrap.mjs', 'lock'].includes(entry.name))
    .map((entry): [string, string] => [
      join(entry.parentPath, entry.name),
      readFileSync(join(entry.parentPath, entry.name), 'latin1'),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
const segment = (directory: string): string => {
  const [first = ''] = readdirSync(join(directory, 'log')).filter((name) => name.endsWith('.jsonl'));
  return join(directory, 'log', first);
};

describe('row 30: a data directory that is not as it was left', () => {
  test('a byte changed in the middle of the log: the start is refused and nothing is touched', async () => {
    const directory = await written();
    const bytes = readFileSync(segment(directory));
    bytes[bytes.indexOf('Job 1') + 4] = '7'.charCodeAt(0);
    writeFileSync(segment(directory), bytes);
    await expect(PlaneUnderTest.start({ dataDir: directory })).rejects.toThrow(/ledger\.damaged|damaged/);
    expect(readFileSync(segment(directory))).toEqual(bytes);
  });

  test('a torn tail: it is cut aside, reported, and everything that was acknowledged is there', async () => {
    const directory = await written();
    appendFileSync(segment(directory), '{"v":1,"seq":99,"torn');
    const plane = await PlaneUnderTest.start({ dataDir: directory });
    expect(plane.host.recovered[plane.workspaceId]).toMatchObject({ cut_lines: 1 });
    expect((await plane.call('jobs')).json.items).toHaveLength(5);
    expect(plane.entriesOf('integrity.checked')).toHaveLength(1);
    await plane.stop();
  });

  test('two planes on one directory: the second is refused, the first goes on', async () => {
    const first = await PlaneUnderTest.start();
    dataDir = first.dataDir;
    await expect(PlaneUnderTest.start({ dataDir: first.dataDir })).rejects.toThrow();
    expect((await first.call('health', { bearer: null })).json.status).toBe('ok');
    await first.stop();
  });

  test('a damaged log is opened read-only up to the entry that is named, exported, and not changed', async () => {
    const directory = await written();
    const bytes = readFileSync(segment(directory));
    const at = bytes.indexOf('Job 3');
    bytes[at + 4] = '7'.charCodeAt(0);
    writeFileSync(segment(directory), bytes);
    const seq = bytes.subarray(0, at).toString().split('\n').length - 1;
    const before = treeOfFiles(directory);
    const out = join(directory, '..', `readable-${process.pid}.tar`);
    const told: string[] = [];
    const printer = {
      line: (t: string) => told.push(t),
      raw: () => 0,
      json: () => 0,
      note: (t: string) => told.push(t),
    };
    const anchor = ['--anchor-dir', `${directory}-anchor`];
    expect(await runCommand(['serve', '--data-dir', directory, ...anchor], printer)).toBe(65);
    expect(told.join('\n')).toMatch(
      new RegExp(`ledger\\.damaged: entry ${seq}: .*serve --read-only.*evidence export --read-only`),
    );
    const flags = ['--read-only', '--data-dir', directory, '--all', '--out', out];
    expect(await runCommand(['evidence', 'export', ...flags], printer)).toBe(0);
    expect(told.join('\n')).toContain(`Entry ${seq} of its log is damaged`);
    const fingerprint = /--key (SHA256:\S+)/.exec(told.at(-1) ?? '')?.[1] ?? '';
    expect(await runCommand(['evidence', 'verify', out, '--key', fingerprint], printer)).toBe(0);
    rmSync(out);
    const plane = await PlaneUnderTest.start({ dataDir: directory, isReadOnly: true });
    expect((await plane.call('health', { bearer: null })).json.status).toBe('read_only');
    expect((await plane.call('jobs')).json.items.map((j: { title: string }) => j.title)).toEqual([
      'Job 2',
      'Job 1',
      'Job 0',
    ]);
    const refused = await plane.call('jobSubmit', { body: PLAIN_JOB, key: 'k' });
    expect([refused.status, refused.code, refused.json.detail]).toEqual([
      503,
      'plane.read_only',
      expect.stringContaining(`Entry ${seq}`),
    ]);
    expect((await plane.call('operatorCreate', { body: { name: 'eve', role: 'admin' } })).code).toBe('plane.read_only');
    expect((await plane.call('evidenceExport', { body: { all: true } })).status).toBe(200);
    await plane.stop();
    expect(treeOfFiles(directory)).toEqual(before);
  });

  test('an entry of a newer version: refused untouched', async () => {
    const directory = await written();
    const lines = readFileSync(segment(directory), 'utf8').trimEnd().split('\n');
    const newer = lines.map((line) => line.replace('{"v":1,', '{"v":9,')).join('\n');
    writeFileSync(segment(directory), `${newer}\n`);
    await expect(PlaneUnderTest.start({ dataDir: directory })).rejects.toThrow();
    expect(readFileSync(segment(directory), 'utf8')).toBe(`${newer}\n`);
  });
});

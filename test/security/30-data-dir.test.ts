import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

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

  test('an entry of a newer version: refused untouched', async () => {
    const directory = await written();
    const lines = readFileSync(segment(directory), 'utf8').trimEnd().split('\n');
    const newer = lines.map((line) => line.replace('{"v":1,', '{"v":9,')).join('\n');
    writeFileSync(segment(directory), `${newer}\n`);
    await expect(PlaneUnderTest.start({ dataDir: directory })).rejects.toThrow();
    expect(readFileSync(segment(directory), 'utf8')).toBe(`${newer}\n`);
  });
});

import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspect } from '../../src-server/cli/inspect-data.ts';
import { runCommand } from '../../src-server/cli/run-command.ts';
import { bufferSource } from '../../src-server/ledger/bundle/read-tar.ts';
import { verifyBundle } from '../../src-server/ledger/bundle/verify/verify-bundle.ts';
import { LOCK_NAME } from '../../src-server/ledger/directory-lock.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'cc-rotation-'));
const [original, anchor] = [join(folder, 'original'), join(folder, 'original-anchor')];
let before: string;
let next: string;

/** The disk as a crash at this moment would leave it: every entry so far is durable. */
function imageAt(step: string): void {
  cpSync(original, join(folder, step), { recursive: true });
  cpSync(anchor, join(folder, `${step}-anchor`), { recursive: true });
  rmSync(join(folder, step, LOCK_NAME), { force: true });
}

beforeAll(async () => {
  let plane = await PlaneUnderTest.start({ dataDir: original });
  await plane.submit();
  await plane.host.createWorkspace('ada', 'another');
  // A stop writes the signed heads outside.
  await plane.stop();
  plane = await PlaneUnderTest.start({ dataDir: original });
  before = plane.host.key.fingerprint;
  for (const [n, { workspace }] of plane.host.workspaces().entries()) {
    const { engine } = workspace;
    const [emit, durable] = [engine.emit.bind(engine), engine.durable.bind(engine)];
    engine.emit = (...entry) => {
      if (n === 0) imageAt('file');
      return emit(...entry);
    };
    engine.durable = async (seq) => {
      await durable(seq);
      imageAt(`log-${n}`);
    };
  }
  next = (await plane.host.rotateKey()).fingerprint;
  imageAt('named');
  imageAt('renamed');
  renameSync(join(folder, 'renamed', 'plane.key.next'), join(folder, 'renamed', 'plane.key'));
  for (const { workspace } of plane.host.workspaces()) {
    Reflect.deleteProperty(workspace.engine, 'emit');
    Reflect.deleteProperty(workspace.engine, 'durable');
  }
  await plane.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a rotation that a crash stopped', () => {
  test.each([
    ['once the next key was on disk', 'file', false],
    ['once the first log named the next key', 'log-0', false],
    ['once every log named the next key', 'log-1', false],
    ["once the plane's own log named the next key", 'named', true],
    ['once the next key had its place', 'renamed', true],
  ])('%s leaves one key in force, and says which', async (_when, step, isRotated) => {
    const dataDir = join(folder, step);
    const inForce = isRotated ? next : before;
    let plane = await PlaneUnderTest.start({ dataDir });
    expect([plane.host.key.fingerprint, existsSync(`${dataDir}/plane.key.next`)]).toEqual([inForce, false]);
    // Of that key no log says that it began anew: whoever pinned the first one can follow.
    expect(plane.host.succession).toHaveLength(isRotated ? 1 : 0);
    const shown: Record<string, unknown>[] = [];
    const printer = {
      line: () => undefined,
      raw: () => undefined,
      note: () => undefined,
      json: (v: unknown) => void shown.push(v as Record<string, unknown>),
    };
    expect(await runCommand(['key', 'show', '--data-dir', dataDir, '--json'], printer)).toBe(0);
    expect(shown[0]?.fingerprint).toBe(inForce);
    await plane.stop();
    expect((await inspect(dataDir, true, undefined, `${dataDir}-anchor`)).filter((c) => !c.passed)).toEqual([]);

    // The next rotation goes through, and leads on who knows the first key.
    plane = await PlaneUnderTest.start({ dataDir });
    const last = await plane.host.rotateKey();
    await plane.stop();
    plane = await PlaneUnderTest.start({ dataDir });
    expect(plane.host.key.fingerprint).toBe(last.fingerprint);
    const bundle = bufferSource((await plane.call('evidenceExport', { body: { all: true } })).bytes);
    await plane.stop();
    expect(verifyBundle(bundle, last.fingerprint).exitCode).toBe(0);
    const { exitCode, checks } = verifyBundle(bundle, before);
    expect([exitCode, checks.at(-1)?.detail]).toEqual([
      3,
      expect.stringContaining(`Verify again with --key ${last.fingerprint} if`),
    ]);
  });
});

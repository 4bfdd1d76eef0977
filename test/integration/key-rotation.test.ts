import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspect } from '../../src-server/cli/inspect-data.ts';
import { bufferSource } from '../../src-server/ledger/bundle/read-tar.ts';
import { verifyBundle } from '../../src-server/ledger/bundle/verify/verify-bundle.ts';
import { fingerprintOf, newPrivateKey } from '../../src-server/plane/keys.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';
import { VERIFIER } from '../interop/bundle-story.ts';

let plane: PlaneProcess;
let source: Parsed;
let before: string;
let now: string;

async function runJob(title: string): Promise<{ code: number | null; said: string; jobId: string }> {
  const body = { wu_id: 'WU-1', title, command: { argv: ['node', '--version'] } };
  const { job_id: jobId } = (await plane.call('jobSubmit', { body, key: title.replaceAll(' ', '-') })).json;
  const { code, stdout, stderr } = await plane.paste(source.commands.bash.run).ended;
  return { code, said: `${stdout}${stderr}`, jobId };
}
/** What the verifier inside a bundle says of it. */
function sayOfPython(bundle: Buffer, fingerprint: string): { code: number | null; said: string } {
  const path = join(plane.dataDir, '..', `rotated-${process.pid}.tar`);
  writeFileSync(path, bundle);
  const { status, stdout } = spawnSync('python3', [VERIFIER, path, '--key', fingerprint], { encoding: 'utf8' });
  rmSync(path);
  return { code: status, said: stdout };
}
const restart = async (): Promise<void> => {
  plane = await PlaneProcess.start([], { dataDir: plane.dataDir, port: plane.port });
};
const rotate = (): Promise<Parsed> => plane.json(['key', 'rotate', '--anchor-dir', `${plane.dataDir}-anchor`]);

beforeAll(async () => {
  plane = await PlaneProcess.start();
  source = await plane.connected('laptop-1');
  expect((await runJob('before')).code).toBe(0);
  before = fingerprintOf(Buffer.from(plane.file.plane_public_key, 'base64'));
}, 120_000);
afterAll(async () => {
  await plane.close();
});

describe('a control plane that changes its key', () => {
  test('is stopped for it, and says both fingerprints', async () => {
    await expect(rotate()).rejects.toThrow(/ended with 75/);
    await plane.stop();
    const { before: was, plane_key: is } = await rotate();
    expect([was, is]).toEqual([before, expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/)]);
    expect(is).not.toBe(before);
    expect((await plane.json(['key', 'show'])).fingerprint).toBe(is);
    now = is;
  });

  test('is followed by its runners without a new enrollment, and its evidence holds across', {
    timeout: 120_000,
  }, async () => {
    await restart();
    const { code, said, jobId } = await runJob('after');
    expect([code, said]).toEqual([0, expect.stringContaining('succeeded')]);
    expect((await plane.job(jobId)).state).toBe('succeeded');
    const { bytes } = await plane.call('evidenceExport', { body: { all: true } });
    expect(verifyBundle(bufferSource(bytes), now).exitCode).toBe(0);
    const ofOneJob = await plane.call('evidenceExport', { body: { job_id: jobId } });
    for (const bundle of [bytes, ofOneJob.bytes]) {
      const { exitCode, checks } = verifyBundle(bufferSource(bundle), before);
      const said = checks.at(-1)?.detail as string;
      expect([exitCode, said]).toEqual([
        3,
        expect.stringMatching(/^log-key\.pem is .*It followed that one: entries\/\d{12}\.json says so/),
      ]);
      expect(said).toContain(`Verify again with --key ${now} if you trust that key.`);
      const python = sayOfPython(bundle, before);
      expect([python.code, python.said]).toEqual([3, expect.stringContaining(said)]);
    }
    expect((await plane.events('key.rotated'))[0]).toMatchObject({ fingerprint: now });
    // It twice, and its runner follows over both.
    await plane.stop();
    await rotate();
    expect((await inspect(plane.dataDir, true)).filter((c) => !c.passed)).toEqual([]);
    await restart();
    const second = await runJob('after the second');
    expect([second.code, second.said]).toEqual([0, expect.stringContaining('succeeded')]);
    expect((await plane.job(second.jobId)).state).toBe('succeeded');
  });

  test('is not trusted under a key that no earlier one signed for', { timeout: 120_000 }, async () => {
    await plane.stop();
    const kept = readFileSync(`${plane.dataDir}/plane.key`);
    writeFileSync(`${plane.dataDir}/plane.key`, newPrivateKey().export({ format: 'pem', type: 'pkcs8' }));
    await restart();
    const { code, said } = await runJob('under a stranger');
    expect([code, said]).toEqual([76, expect.stringContaining('Nothing secret was sent')]);
    await plane.stop();
    writeFileSync(`${plane.dataDir}/plane.key`, kept);
  });
});

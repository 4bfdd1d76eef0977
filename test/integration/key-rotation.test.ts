import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPrivateKey } from '../../src-server/plane/keys.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { cli, PlaneProcess } from '../helpers/plane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'cc-rotation-'));
let plane: PlaneProcess;
let source: Parsed;
let before: string;

async function runJob(title: string): Promise<{ code: number | null; said: string; jobId: string }> {
  const body = { wu_id: 'WU-1', title, command: { argv: ['node', '--version'] } };
  const { job_id: jobId } = (await plane.call('jobSubmit', { body, key: title })).json;
  const { code, stdout, stderr } = await plane.paste(source.commands.bash.run).ended;
  return { code, said: `${stdout}${stderr}`, jobId };
}
const restart = async (): Promise<void> => {
  plane = await PlaneProcess.start([], { dataDir: plane.dataDir, port: plane.port });
};
const anchor = (): string[] => ['--anchor-dir', `${plane.dataDir}-anchor`];
async function verified(name: string, fingerprint: string): Promise<number | null> {
  const file = join(folder, name);
  await plane.json(['evidence', 'export', '--all', '--out', file]);
  return (await cli(['evidence', 'verify', file, '--key', fingerprint])).code;
}

beforeAll(async () => {
  plane = await PlaneProcess.start();
  source = await plane.connected('laptop-1');
  expect((await runJob('before')).code).toBe(0);
  before = (await plane.json(['key', 'show'])).fingerprint;
}, 60_000);
afterAll(async () => {
  await plane.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a control plane that changes its key', () => {
  test('is stopped for it, and says both fingerprints', async () => {
    expect((await plane.cli(['key', 'rotate', ...anchor()])).code).toBe(75);
    await plane.stop();
    const { before: was, plane_key: is } = await plane.json(['key', 'rotate', ...anchor()]);
    expect([was, is]).toEqual([before, expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/)]);
    expect(is).not.toBe(before);
    expect((await plane.json(['key', 'show'])).fingerprint).toBe(is);
  });

  test('is followed by its runners without a new enrollment, and its evidence holds across', {
    timeout: 60_000,
  }, async () => {
    await restart();
    const { code, said, jobId } = await runJob('after');
    expect([code, said]).toEqual([0, expect.any(String)]);
    expect((await plane.job(jobId)).state).toBe('succeeded');
    const now = (await plane.json(['key', 'show'])).fingerprint;
    expect(await verified('after.tar', now)).toBe(0);
    expect(await verified('old.tar', before)).toBe(3);
    expect((await plane.events('key.rotated'))[0]).toMatchObject({ fingerprint: now });
    expect((await plane.json(['doctor', '--deep'])).passed).toBe(true);
    // It twice, and its runner follows over both.
    await plane.stop();
    await plane.json(['key', 'rotate', ...anchor()]);
    await restart();
    expect((await runJob('after the second')).code).toBe(0);
  });

  test('is not trusted under a key that no earlier one signed for', { timeout: 60_000 }, async () => {
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

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesOf, noteLine } from '../helpers/bundle-under-test.ts';
import { CommandLine } from '../helpers/command-line.ts';

let line: CommandLine;
let jobId: string;
beforeAll(async () => {
  line = await CommandLine.start();
  const { plane } = line;
  const runner = await plane.runner('laptop-1');
  jobId = (await plane.submit()).job_id;
  const assignment = await runner.claimOne();
  await runner.onLease('start', assignment.lease.lease_id, { fence: assignment.lease.fence });
  await runner.complete(assignment.lease, { run_receipt: runner.receipt(assignment) });
});
afterAll(() => line.close());
const out = (name: string): string => join(line.files, name);

describe('evidence on the command line', () => {
  test.each([
    ['a job', () => ['--job', jobId]],
    ['a work unit', () => ['--wu', 'WU-101']],
    ['a range', () => ['--from', '0', '--to', '4']],
    ['all', () => ['--all']],
  ])('exports %s, and verifies what it wrote', async (name, flags) => {
    const file = out(`${name.replace(' ', '-')}.tar`);
    const made = await line.json(['evidence', 'export', ...flags(), '--out', file]);
    expect(made).toMatchObject({ file, size_bytes: statSync(file).size, key: line.plane.host.key.fingerprint });
    expect(statSync(file).mode & 0o077).toBe(0);
    const verified = await line.run(['evidence', 'verify', file, '--key', made.key]);
    expect([verified.code, verified.stdout.split('\n').at(-1)]).toEqual([0, 'Verified: nothing was changed.']);
    const [entry] = line.plane.entriesOf('export.made').slice(-1);
    const entries = [...filesOf(readFileSync(file)).keys()].filter((n) => n.startsWith('entries/')).length;
    expect(entries).toBeGreaterThanOrEqual(Number(entry?.events[0]?.body.entries));
  });

  test('proves against the checkpoint that runners cosigned, where it covers the job', async () => {
    const { plane } = line;
    const runner = await plane.runner('witness-1');
    const registered = plane.hosted.workspace.engine.hot.fleet.sessions.get(runner.sessionId)?.registeredSeq ?? 0;
    // A proof of an entry makes sure that a checkpoint covers it.
    await plane.call('evidenceProof', { params: { seq: String(registered) } });
    const shown = await runner.call('witness', { query: { size: '0' } });
    const [text] = shown.json.checkpoint.split('\n\n');
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1_700_000_000n);
    const signature = runner.signBytes(Buffer.from(`cosignature/v1\ntime 1700000000\n${text}\n`));
    const name = `connected-compute/${plane.workspaceId}/${runner.sessionId}`;
    const cosignature = noteLine(name, 4, Buffer.from(runner.publicKey, 'base64'), Buffer.concat([time, signature]));
    const size = Number(text.split('\n')[1]);
    const told = await runner.call('witnessCosign', { body: { checkpoint_size: size, cosignature } });
    expect(told.json.recorded).toBe(true);
    const { key } = await line.json(['evidence', 'export', '--job', jobId, '--out', out('cosigned.tar')]);
    const checkpoint = String(filesOf(readFileSync(out('cosigned.tar'))).get('checkpoint'));
    expect(checkpoint).toContain(cosignature);
    expect((await line.run(['evidence', 'verify', out('cosigned.tar'), '--key', key])).code).toBe(0);
  });

  test('ends with the documented code for what is wrong', async () => {
    const key = line.plane.host.key.fingerprint;
    const other = `SHA256:${'A'.repeat(43)}`;
    await line.json(['evidence', 'export', '--job', jobId, '--out', out('a.tar')]);
    const bytes = readFileSync(out('a.tar'));
    bytes[600] = (bytes[600] ?? 0) ^ 1;
    writeFileSync(out('changed.tar'), bytes);
    const cases: [number, string[]][] = [
      [0, [out('a.tar'), '--key', key]],
      [1, [out('changed.tar'), '--key', key]],
      [2, [out('not-there.tar'), '--key', key]],
      [2, [line.file('text.tar', 'hello'), '--key', key]],
      [3, [out('a.tar'), '--key', other]],
      [64, [out('a.tar')]],
      [64, [out('a.tar'), '--key', 'nonsense']],
      [64, ['--key', key]],
    ];
    for (const [code, args] of cases)
      expect([args, (await line.run(['evidence', 'verify', ...args])).code]).toEqual([args, code]);
  });

  test('writes nothing when there is nothing to export, and says what to choose', async () => {
    const nobody = await line.here(['evidence', 'export', '--job', `job_${'0'.repeat(26)}`, '--out', out('x.tar')]);
    expect([nobody.code, existsSync(out('x.tar'))]).toEqual([2, false]);
    for (const flags of [[], ['--all', '--job', jobId]])
      expect((await line.here(['evidence', 'export', '--out', out('x.tar'), ...flags])).code).toBe(64);
    expect((await line.here(['evidence', 'export', '--from', '99999', '--to', '3', '--out', out('x.tar')])).code).toBe(
      2,
    );
  });
});

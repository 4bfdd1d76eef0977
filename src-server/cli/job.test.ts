import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine } from '../../test/helpers/command-line.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.start();
});
afterAll(() => line.close());

const JOB = { wu_id: 'WU-1', title: 'A job', command: { argv: ['node', '--version'] } };

describe('job', () => {
  test('submits, lists, shows, explains, cancels and retries a job', async () => {
    const made = await line.json(['job', 'submit', line.file('job.json', JSON.stringify(JOB))]);
    expect(made.state).toBe('queued');
    const id = made.job_id as string;
    const list = await line.here(['job', 'list']);
    expect(list.stdout).toContain(id);
    expect((await line.json(['job', 'show', id])).job_id).toBe(id);
    const explained = await line.here(['job', 'explain', id]);
    expect(explained.stdout).toMatch(/^queued: .*\nPolicy v1, 0 candidates, 0 eligible\./);
    expect((await line.json(['job', 'cancel', id, '--reason', 'not needed'])).state).toBe('canceled');
    expect((await line.json(['job', 'retry', id])).retry_of).toBe(id);
    const log = await line.here(['job', 'log', id]);
    expect([log.code, log.stdout]).toEqual([0, '']);
  });

  test('admits a network that nobody asked for before, with the hosts that are named', async () => {
    const { sourceId } = await line.plane.runner('rack-1');
    const spec = { ...JOB, title: 'Publish', network: 'private:registry', confinement: 'none' };
    const { job_id: id } = await line.json(['job', 'submit', line.file('private.json', JSON.stringify(spec))]);
    const listed = await line.here(['job', 'unblock', id]);
    expect(listed.stdout).toMatch(/^held: .*\n1\. Admit rack-1 to private:registry\..*--host HOST:PORT\.$/m);
    const bare = await line.here(['job', 'unblock', id, '--apply', '1']);
    expect([bare.code, bare.stderr]).toEqual([64, expect.stringContaining(`job unblock ${id} --apply 1 --host`)]);
    for (const wrong of ['files.lan', 'files.lan:', 'https://files.lan:443'])
      expect((await line.here(['job', 'unblock', id, '--apply', '1', '--host', wrong])).code).toBe(64);
    const hosts = ['--host', 'files.lan:443', '--host', 'files.lan:80'];
    const done = await line.here(['job', 'unblock', id, '--apply', '1', ...hosts, '--reason', 'release']);
    expect([done.code, done.stdout]).toEqual([0, expect.stringMatching(/^Done: Admit rack-1 to private:registry\./)]);
    expect((await line.json(['admission', 'list'])).items).toMatchObject([
      {
        status: 'granted',
        source_id: sourceId,
        hosts: [
          { host: 'files.lan', port: 443 },
          { host: 'files.lan', port: 80 },
        ],
      },
    ]);
    expect((await line.plane.job(id)).state).toBe('queued');
    await line.here(['job', 'cancel', id]);
  });

  test('submits a job a line', async () => {
    const lines = line.file('jobs.jsonl', `${JSON.stringify(JOB)}\n\n${JSON.stringify({ ...JOB, wu_id: 'WU-2' })}\n`);
    const ended = await line.here(['job', 'submit', lines]);
    expect(ended.stdout.match(/job_[0-9A-Z]{26} submitted/g)).toHaveLength(2);
    const mixed = line.file('mixed.jsonl', `${JSON.stringify(JOB)}\n${JSON.stringify({ ...JOB, wu_id: 7 })}\n`);
    const some = await line.here(['job', 'submit', mixed]);
    expect([some.code, some.stdout.match(/submitted/g)?.length]).toEqual([2, 1]);
    expect(some.stderr).toMatch(/Line 2 was refused: .*wu_id/);
  });

  test('a list of more than one page is shown to its end', async () => {
    const before = (await line.plane.call('jobs')).json.counts.queued as number;
    const items = Array.from({ length: 230 }, () => JOB);
    await line.plane.call('jobBulk', { body: { items } });
    const all = await line.here(['job', 'list', '--state', 'queued', '--limit', '1000']);
    expect(all.stdout.trim().split('\n')).toHaveLength(before + 230);
    expect(all.stderr).toBe('');
    const some = await line.json(['job', 'list', '--limit', '210']);
    expect(some.items).toHaveLength(210);
    expect(new Set(some.items.map((job: { job_id: string }) => job.job_id)).size).toBe(210);
    expect((await line.here(['job', 'list'])).stderr).toContain('--limit');
  });
});

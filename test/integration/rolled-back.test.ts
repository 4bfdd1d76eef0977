import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Parsed } from '../helpers/checked-call.ts';
import { CLI, PlaneProcess } from '../helpers/plane-process.ts';
import { Program } from '../helpers/program.ts';

const aside = mkdtempSync(join(tmpdir(), 'cc-yesterday-'));
let plane: PlaneProcess;
let source: Parsed;
/** A job that no trusted runner took yet. */
let waiting: string;

const runOnce = async (of: PlaneProcess): Promise<Awaited<Program['ended']>> =>
  of.paste(source.commands.bash.run).ended;
/** Its title is its key too: keys count anew with each process of the plane. */
async function submit(title: string): Promise<string> {
  const body = { wu_id: 'WU-1', title, command: { argv: ['node', '--version'] } };
  return (await plane.call('jobSubmit', { body, key: title.replaceAll(' ', '-') })).json.job_id;
}
async function runJob(title: string): Promise<void> {
  await submit(title);
  expect((await runOnce(plane)).code).toBe(0);
}

/** Puts yesterday's copy in the place of the data directory; what belongs to the runner is another machine's and stays. */
function restoreYesterday(): void {
  cpSync(join(plane.dataDir, 'runner-state'), join(aside, 'runner-state'), { recursive: true, force: true });
  rmSync(plane.dataDir, { recursive: true });
  cpSync(aside, plane.dataDir, { recursive: true });
}

beforeAll(async () => {
  plane = await PlaneProcess.start();
  source = await plane.connected('laptop-1');
  await runJob('Yesterday');
  const where = { dataDir: plane.dataDir, port: plane.port };
  await plane.stop();
  cpSync(plane.dataDir, aside, { recursive: true });
  plane = await PlaneProcess.start([], where);
  await runJob('Today');
  await runJob('Today, once more');
  await plane.stop();
  restoreYesterday();
}, 60_000);
afterAll(async () => {
  await plane.close();
  rmSync(aside, { recursive: true, force: true });
});

describe("a plane restored from yesterday's copy of its data directory", () => {
  test('refuses itself, says why, and changes nothing', async () => {
    const anchor = ['--anchor-dir', `${plane.dataDir}-anchor`];
    const started = Program.start(process.execPath, [CLI, 'serve', '--data-dir', plane.dataDir, ...anchor]);
    const { code, stderr } = await started.ended;
    expect(code).toBe(65);
    expect(stderr).toMatch(/ledger\.rolled_back: the log holds \d+ entries, but \d+ were durable once/);
    expect(stderr).toContain('looks like an older copy; nothing was changed');
    expect(stderr).toContain('recover');
  });

  test('with the anchor removed by hand, is refused by its runner with 76 and a plain sentence', async () => {
    rmSync(`${plane.dataDir}-anchor`, { recursive: true });
    plane = await PlaneProcess.start([], { dataDir: plane.dataDir, port: plane.port });
    waiting = await submit('Again');
    const { code, stdout, stderr } = await runOnce(plane);
    expect([code, `${stdout}${stderr}`]).toEqual([
      76,
      expect.stringMatching(
        /not trusted any more\. Its log was (rolled back|rewritten): .* Nothing more is run for it/,
      ),
    ]);
    expect((await plane.job(waiting)).attempts.filter((a: Parsed) => a.started_at !== null)).toEqual([]);
  });

  test('is taken up by recover: the old runner is told to enroll anew, and a new one works with a higher fence', {
    timeout: 60_000,
  }, async () => {
    await plane.stop();
    const anchor = ['--anchor-dir', `${plane.dataDir}-anchor`];
    await plane.json(['recover', '--accept-rollback', '--reason', 'the disk was lost', ...anchor]);
    plane = await PlaneProcess.start([], { dataDir: plane.dataDir, port: plane.port });
    const { code, stdout, stderr } = await runOnce(plane);
    expect([code, `${stdout}${stderr}`]).toEqual([76, expect.stringMatching(/[Ee]nroll/)]);
    const anew = await plane.connected('laptop-2');
    expect((await plane.paste(anew.commands.bash.run).ended).code).toBe(0);
    const attempt = (await plane.job(waiting)).attempts.at(-1);
    expect([attempt.outcome, attempt.fence > 2 ** 20]).toEqual(['succeeded', true]);
  });
});

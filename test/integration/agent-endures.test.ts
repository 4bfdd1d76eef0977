import { afterAll, beforeAll, expect, test } from 'vitest';
import { processesWith } from '../../runner/testing/processes-with.ts';
import { AgentJobs } from '../helpers/agent-jobs.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';
import { Program } from '../helpers/program.ts';

let plane: PlaneProcess;
let made: Parsed;
beforeAll(async () => {
  plane = await PlaneProcess.start();
  made = await plane.connected('laptop-1');
}, 60_000);
afterAll(() => plane.close());

/** A multiple of three bytes: its base64 has no end of its own. */
const SECRET = 'correct-horse-battery-stapler1';
test('what a tool returns hides the secrets of its job, in every form, from the agent and from the record', async () => {
  const agents = await AgentJobs.of(plane);
  const base64 = Buffer.from(SECRET).toString('base64');
  const jobId = await agents.submit(
    [
      ['exec', { argv: ['sh', '-c', 'printf "%s %s" "$1" "$2"', 'sh', SECRET, base64] }],
      ['fs.write', { path: `out/${SECRET}.txt`, text: SECRET }],
      ['fs.read', { path: `out/${SECRET}.txt` }],
      ['fs.read', { path: SECRET }],
    ],
    { secrets: ['API_KEY'] },
  );
  const command = `${made.commands.bash.run} --secret-env API_KEY`;
  const env = { ...process.env, XDG_STATE_HOME: `${plane.dataDir}/runner-state`, API_KEY: SECRET };
  const { code, stdout, stderr } = await Program.start('bash', ['-c', `exec ${command}`], { env }).ended;
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const [, ran, , read, missing] = await agents.said(jobId);
  expect(JSON.parse(ran.text).stdout).toBe('[redacted] [redacted]');
  expect(JSON.parse(read.text).text).toBe('[redacted]');
  expect(missing).toMatchObject({ isError: true, text: expect.stringContaining('[redacted] cannot be opened') });
  const actions = await agents.actions(jobId);
  expect(actions.map(({ summary }) => summary)).toEqual([
    'sh -c printf "%s %s" "$1" "$2" sh [redacted] [redacted]',
    `out/[redacted].txt, ${SECRET.length} bytes`,
    'out/[redacted].txt',
    '[redacted]',
  ]);
  const found = JSON.stringify([actions, await agents.receipt(jobId), stdout, stderr]);
  for (const form of [SECRET, base64]) expect(found).not.toContain(form);
  // The script itself, which holds them, is an input: its author put them there.
  expect((await agents.receipt(jobId)).redactions).toBeGreaterThanOrEqual(5);
}, 60_000);

test('a plane that is killed in the middle of a call: the calls go on in their chain, none is lost or stands twice', async () => {
  const agents = await AgentJobs.of(plane);
  const word = `2.${process.pid}`;
  const tools = { 'fs.read': { price_mcu: 3 }, exec: { price_mcu: 4 } };
  const jobId = await agents.submit(
    [
      ['fs.read', { path: 'notes.txt' }],
      ['exec', { argv: ['sleep', word] }],
      ['fs.read', { path: 'notes.txt' }],
    ],
    { tools, budget: { extras_mcu: 10 } },
  );
  const runner = plane.paste(made.commands.bash.run);
  await expect.poll(() => processesWith(`sleep\0${word}`).length, { timeout: 60_000 }).toBeGreaterThan(0);
  await plane.stop('SIGKILL');
  const { dataDir, port } = plane;
  plane = await PlaneProcess.start([], { dataDir, port });
  const { code, stdout, stderr } = await runner.ended;
  expect([code, stdout + stderr]).toEqual([0, stdout + stderr]);
  const again = await AgentJobs.of(plane);
  const actions = await again.actions(jobId);
  expect(actions.map(({ n, verdict, detail }) => [n, verdict, detail])).toEqual([
    [1, 'allowed', null],
    [2, 'allowed', null],
    [3, 'allowed', null],
  ]);
  const [attempt] = (await plane.job(jobId)).attempts;
  expect([attempt.outcome, attempt.cost_mcu, attempt.receipt_problem]).toEqual(['succeeded', 10, undefined]);
  expect((await again.receipt(jobId)).actions).toEqual({ count: 3, cost_mcu: 10, chain: actions[2].chain });
  expect((await plane.cli(['doctor', '--deep'])).code).toBe(0);
}, 90_000);

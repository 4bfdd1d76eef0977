import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processesWith } from '../../runner/testing/processes-with.ts';
import { AgentJobs, type Script } from '../helpers/agent-jobs.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';

let plane: PlaneProcess;
let agents: AgentJobs;
let made: Parsed;
beforeAll(async () => {
  plane = await PlaneProcess.start(['--lease-ttl-ms', '5000']);
  agents = await AgentJobs.of(plane);
  made = await plane.connected('laptop-1', { capacity: 2 });
}, 60_000);
afterAll(() => plane.close());

const runOnce = () => plane.paste(made.commands.bash.run as string).ended;

test('an agent reads, writes, runs and is refused what its job does not grant; each call is signed and on the record', async () => {
  const jobId = await agents.submit([
    ['fs.read', { path: 'notes.txt' }],
    ['fs.read', { path: '../../../etc/shadow' }],
    ['exec', { argv: ['ln', '-s', '/etc', 'link'] }],
    ['fs.read', { path: 'link/passwd' }],
    ['fs.write', { path: 'out/report.txt', text: 'done by an agent\n' }],
    ['exec', { argv: ['sh', '-c', 'cat out/report.txt; cat /etc/shadow; exit 3'] }],
    ['http.fetch', { url: 'http://127.0.0.1:9/' }],
  ]);
  const { stdout, stderr } = await runOnce();
  const found = await plane.job(jobId);
  expect([found.state, found.why, stdout + stderr]).toEqual(['succeeded', found.why, stdout + stderr]);
  const [tools, read, outside, , link, write, exec, fetched] = await agents.said(jobId);
  expect(tools).toEqual({ tools: ['fs.read', 'fs.write', 'exec', 'http.fetch'] });
  expect(JSON.parse(read.text)).toEqual({ text: 'first line\n', size_bytes: 11, truncated: false });
  expect([outside.isError, outside.text]).toEqual([true, expect.stringContaining('empty, . or .. segment')]);
  expect([link.isError, link.text]).toEqual([true, expect.stringContaining('symbolic link')]);
  expect(write.isError).toBe(false);
  expect(JSON.parse(exec.text)).toMatchObject({ exit_code: 3, stdout: 'done by an agent\n' });
  expect(JSON.parse(exec.text).stderr).toContain('/etc/shadow');
  expect([fetched.isError, fetched.text]).toEqual([true, '127.0.0.1:9 is not granted to this job.']);
  const actions = await agents.actions(jobId);
  expect(actions.map(({ n, tool, verdict }) => [n, tool, verdict])).toEqual([
    [1, 'fs.read', 'allowed'],
    [2, 'fs.read', 'refused'],
    [3, 'exec', 'allowed'],
    [4, 'fs.read', 'allowed'],
    [5, 'fs.write', 'allowed'],
    [6, 'exec', 'allowed'],
    [7, 'http.fetch', 'refused'],
  ]);
  const predicate = await agents.receipt(jobId);
  expect(predicate.actions).toEqual({ count: 7, cost_mcu: 0, chain: actions.at(-1)?.chain });
  expect(predicate.confinement.enforced).toMatchObject({ files: 'confined', network: 'none', pid: 'namespace' });
  expect(found.attempts[0].artifacts.map((each: Parsed) => each.path)).toEqual(['out/report.txt']);
}, 60_000);

test('an agent cannot change its work directory but through its tools', async () => {
  const line = 'echo by hand >notes.txt || mkdir out || echo read-only; cat notes.txt';
  const { job_id: jobId } = await plane.submit({
    ...agents.spec([]),
    mcp: { argv: [line], shell: true, tools: {} },
    outputs: [],
  });
  await runOnce();
  expect(await agents.log(jobId)).toBe('read-only\nfirst line\n');
  expect(await agents.actions(jobId)).toEqual([]);
}, 60_000);

describe('a call that asks', () => {
  const ASKING = { tools: { 'fs.write': { rule: 'ask' } }, approval: { when: 'on_request' } };
  const SCRIPT: Script = [['fs.write', { path: 'out/a.txt', text: 'yes\n' }], ['wait']];
  /** Asks, lets `decide` answer, and tells what came of it. */
  const asked = async (script: Script, decide: (approvalId: string) => Promise<unknown>, more: object = {}) => {
    const jobId = await agents.submit(script, { ...ASKING, ...more });
    const running = runOnce();
    await expect.poll(async () => (await plane.job(jobId)).waiting_on, { timeout: 20_000 }).toBe('approval');
    const { approval_id: approvalId } = await plane.job(jobId);
    const { json } = await plane.call('approval', { params: { approval_id: approvalId } });
    expect(json.reason).toBe('The agent job asks for fs.write: out/a.txt, 4 bytes');
    await decide(approvalId);
    await running;
    return { found: await plane.job(jobId), actions: await agents.actions(jobId), approvalId };
  };
  const say = (decision: string) => (approvalId: string) =>
    plane.call('approvalDecide', { params: { approval_id: approvalId }, body: { decision } });

  test('is done when a person said yes, and names the approval', async () => {
    const { found, actions, approvalId } = await asked(SCRIPT.slice(0, 1), say('approved'));
    expect(found.state).toBe('succeeded');
    expect(actions).toMatchObject([{ verdict: 'approved', approval_id: approvalId, detail: null }]);
    expect(found.attempts[0].artifacts).toHaveLength(1);
  }, 60_000);

  test.each([
    ['said no', 'rejected', say('rejected'), {}],
    [
      'did not answer in time',
      'expired',
      async () => undefined,
      { approval: { when: 'on_request', expires_ms: 1_500 } },
    ],
  ])(
    'is not done when a person %s; the record says so and names the approval, and the attempt stops',
    async (_, status, decide, more) => {
      const { found, actions, approvalId } = await asked(SCRIPT, decide, more);
      expect([found.state, found.attempts[0].outcome]).toEqual(['failed', 'rejected']);
      expect(actions).toMatchObject([
        { verdict: 'rejected', approval_id: approvalId, cost_mcu: 0, detail: `The approval was ${status}.` },
      ]);
      expect(found.attempts[0].artifacts).toEqual([]);
    },
    60_000,
  );

  test('needs a job that may ask', async () => {
    const answer = await plane.call('jobSubmit', {
      body: agents.spec([], { ...ASKING, approval: null }),
      key: 'no-asking',
    });
    expect([answer.status, answer.code]).toEqual([422, 'field.invalid']);
  });
});

test('a call past the extras is not done and ends the attempt; what was done is paid', async () => {
  const jobId = await agents.submit(
    [
      ['fs.read', { path: 'notes.txt' }],
      ['fs.read', { path: 'notes.txt' }],
      ['fs.read', { path: 'notes.txt' }],
      ['wait'],
    ],
    { tools: { 'fs.read': { price_mcu: 40 } }, budget: { extras_mcu: 100 } },
  );
  await runOnce();
  const found = await plane.job(jobId);
  expect([found.state, found.attempts[0].outcome, found.attempts[0].cost_mcu]).toEqual([
    'failed',
    'budget_exhausted',
    80,
  ]);
  expect(found.why).toContain('did not fit into its extras');
  expect((await agents.actions(jobId)).map(({ verdict, cost_mcu: cost }) => [verdict, cost])).toEqual([
    ['allowed', 40],
    ['allowed', 40],
    ['over_budget', 0],
  ]);
}, 60_000);

test('an agent and what it runs are gone when its job is canceled', async () => {
  const word = `600.${process.pid}`;
  const jobId = await agents.submit([['exec', { argv: ['sleep', word] }]]);
  const sleepers = () => processesWith(word);
  const running = runOnce();
  await expect.poll(() => sleepers().length, { timeout: 20_000 }).toBeGreaterThan(0);
  await plane.call('jobCancel', { params: { job_id: jobId }, body: {} });
  await running;
  expect((await plane.job(jobId)).state).toBe('canceled');
  expect(sleepers()).toEqual([]);
}, 60_000);

test('doctor agrees with every entry', async () => {
  const { code, stdout } = await plane.cli(['doctor', '--deep']);
  expect([code, stdout]).toEqual([0, expect.any(String)]);
}, 60_000);

import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AgentJobs } from '../helpers/agent-jobs.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';

const MODULE = '/api/v1/runner/modules/';
/** Would leave its mark in the runner's own output, should one byte of it run. */
const FALSE_MODULE = 'console.log("the false module ran"); export async function serveTools() {}';

/** Stands between a runner and its plane, and changes what one path answers. */
let between: Server;
let plane: PlaneProcess;
let agents: AgentJobs;
/** What it answers for the module; null passes the plane's own on. */
let answer: { status: number; bytes: string } | null = null;
beforeAll(async () => {
  let targetPort = 0;
  between = createServer((near, response) => {
    if (answer !== null && near.url?.startsWith(MODULE)) {
      response.writeHead(answer.status, { 'content-type': 'text/javascript' }).end(answer.bytes);
      return;
    }
    const { method, url, headers } = near;
    const far = request({ host: '127.0.0.1', port: targetPort, method, path: url, headers }, (got) => {
      response.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(response);
    });
    far.on('error', () => response.destroy());
    response.once('close', () => far.destroy());
    near.pipe(far);
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  plane = await PlaneProcess.start(['--public-url', `http://127.0.0.1:${(between.address() as AddressInfo).port}`]);
  targetPort = plane.port;
  agents = await AgentJobs.of(plane);
}, 60_000);
afterAll(async () => {
  await plane.close();
  between.closeAllConnections();
  between.close();
});

test('another module than the one of this runner is refused in one line, nothing of it or of the agent runs, and the right one is taken after it', async () => {
  const made = await plane.connected('laptop-1');
  const attempt = async () => {
    const jobId = await agents.submit([['fs.write', { path: 'out/a.txt', text: 'done' }]]);
    const { code, stdout, stderr } = await plane.paste(made.commands.bash.run).ended;
    return { code, said: `${stdout}${stderr}`, job: await plane.job(jobId), jobId };
  };
  const REFUSED = 'The tool gateway that the plane serves is not the one of this runner. Nothing of it was run.';
  answer = { status: 200, bytes: FALSE_MODULE };
  const { code, said, job, jobId } = await attempt();
  expect([code, job.state, job.attempts[0].outcome, job.attempts[0].exit_code]).toEqual([
    1,
    'dead_letter',
    'failed',
    null,
  ]);
  expect(job.attempts[0].end_reason).toBe(REFUSED);
  expect(said.split('\n').filter((line) => line.includes('tool gateway'))).toEqual([expect.stringContaining(REFUSED)]);
  expect(said).not.toContain('the false module ran');
  expect(await agents.log(jobId)).toBe('');
  expect(await agents.actions(jobId)).toEqual([]);
  expect((await agents.receipt(jobId)).environment_names).toEqual([]);

  answer = { status: 404, bytes: '' };
  const missing = await attempt();
  expect([missing.code, missing.job.attempts[0].outcome]).toEqual([1, 'failed']);
  expect(missing.job.attempts[0].end_reason).toMatch(/tool gateway/);

  answer = null;
  expect((await attempt()).job.state).toBe('succeeded');
}, 90_000);

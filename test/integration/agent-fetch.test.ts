import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AgentJobs } from '../helpers/agent-jobs.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';

/** An address of this machine that is not loopback stands for a host in a private network. */
const LAN = Object.values(networkInterfaces())
  .flat()
  .find((entry) => entry?.family === 'IPv4' && !entry.internal)?.address;

let plane: PlaneProcess;
let agents: AgentJobs;
let made: Parsed;
let server: Server;
let port = 0;
const hits: string[] = [];
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    hits.push(`${request.method} ${request.url} ${request.headers['x-word']} ${body}`);
    if (request.url === '/moved') response.writeHead(302, { location: 'http://169.254.169.254/latest' });
    response.end('ünïcode from the host\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  port = (server.address() as AddressInfo).port;
  plane = await PlaneProcess.start();
  agents = await AgentJobs.of(plane);
  made = await plane.connected('laptop-1');
}, 60_000);
afterAll(async () => {
  server.close();
  await plane.close();
});

const connectionsOf = async (jobId: string): Promise<Parsed[]> =>
  (await agents.receipt(jobId)).confinement.enforced.connections;

describe.runIf(LAN !== undefined)('an agent that fetches (only on a machine in a network)', () => {
  const at = (path: string) => `http://${LAN}:${port}${path}`;

  test('reaches the host and port that were admitted, through the filter, and no other', async () => {
    const { json } = await plane.call('admissionRequest', {
      body: { network: 'private:lan', source_id: made.source_id, hosts: [{ host: LAN, port }], reason: 'the registry' },
    });
    const params = { admission_id: json.admission_id };
    await plane.call('admissionDecide', { params, body: { decision: 'granted', expires_ms: 600_000 } });
    const jobId = await agents.submit(
      [
        ['http.fetch', { url: at('/a?key=s3cret'), method: 'POST', headers: { 'x-word': 'hello' }, body: 'ping' }],
        ['http.fetch', { url: at('/moved') }],
        ['http.fetch', { url: `http://${LAN}:${plane.port}/` }],
        ['http.fetch', { url: 'http://169.254.169.254/latest' }],
      ],
      { network: 'private:lan', tools: { 'http.fetch': { price_mcu: 5 } }, budget: { extras_mcu: 100 } },
    );
    const { stdout, stderr } = await plane.paste(made.commands.bash.run).ended;
    const found = await plane.job(jobId);
    expect([found.state, stdout + stderr]).toEqual(['succeeded', stdout + stderr]);
    const [, fetched, moved, otherPort, metadata] = await agents.said(jobId);
    expect(JSON.parse(fetched.text)).toMatchObject({ status: 200, body: 'ünïcode from the host\n', truncated: false });
    expect(JSON.parse(moved.text)).toMatchObject({
      status: 302,
      headers: { location: 'http://169.254.169.254/latest' },
    });
    expect([otherPort.isError, otherPort.text]).toEqual([true, `${LAN}:${plane.port} is not granted to this job.`]);
    expect([metadata.isError, metadata.text]).toEqual([true, '169.254.169.254:80 is not granted to this job.']);
    expect(hits).toEqual(['POST /a?key=s3cret hello ping', 'GET /moved undefined ']);
    expect(await agents.actions(jobId)).toMatchObject([
      { verdict: 'allowed', summary: `POST http://${LAN}:${port}/a`, cost_mcu: 5, detail: null },
      { verdict: 'allowed', cost_mcu: 5, detail: null },
      { verdict: 'refused', cost_mcu: 0, detail: `${LAN}:${plane.port} is not granted to this job.` },
      { verdict: 'refused', cost_mcu: 0 },
    ]);
    const connection = { host: LAN, port, verdict: 'allowed' };
    const connections = await connectionsOf(jobId);
    expect(connections).toMatchObject([connection, connection]);
    expect(connections.every(({ sent_bytes: sent, received_bytes: got }) => sent > 0 && got > 0)).toBe(true);
    expect(found.attempts[0].cost_mcu).toBeGreaterThanOrEqual(10);
  }, 60_000);

  test('is stopped by the filter where its own list names a private host, and is told why', async () => {
    hits.length = 0;
    const jobId = await agents.submit([['http.fetch', { url: at('/') }]], {
      network: 'egress',
      egress: [`${LAN}:${port}`],
    });
    await plane.paste(made.commands.bash.run).ended;
    const [, fetched] = await agents.said(jobId);
    expect([fetched.isError, fetched.text]).toEqual([true, `${LAN}:${port} may not be reached.`]);
    expect(await agents.actions(jobId)).toMatchObject([
      { verdict: 'allowed', detail: `${LAN}:${port} may not be reached.` },
    ]);
    expect(await connectionsOf(jobId)).toMatchObject([{ host: LAN, port, verdict: 'address_refused', sent_bytes: 0 }]);
    expect(hits).toEqual([]);
  }, 60_000);
});

import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { claimRequest } from '../../src-server/contract/runtime.ts';
import { assignmentOf } from '../../src-server/http/envelope.ts';
import type { GrantedLease } from '../../src-server/plane/grants.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { claim, complete, fill, IS_QUICK, median, newDirectory, ROUNDS, report, row, spec, start } from './kit.ts';

const CALLS = IS_QUICK ? 200 : 800;
/** As many runners as a busy plane hears at once; the disk takes their grants in shared batches. */
const CALLERS = 64;
const SLICES = 5;
/** A shared host has moods that last for seconds: more rounds than elsewhere. */
const HTTP_ROUNDS = 3 * ROUNDS;
const PATH = '/api/v1/runtime/claim';

const plane = await PlaneUnderTest.start({ dataDir: newDirectory() });
const runner = await plane.runner('bench', { capacity: 1_000 });
const { workspace } = plane.hosted;
const { host } = plane;
await runner.claim({ capacity: 1_000, max: 0 });

// One real grant, which the constant routes hand out again and again.
await fill(workspace, 1, () => spec());
const granted = (await claim(workspace, runner.sessionId)) as GrantedLease;

/** Node's own server doing the same by hand: Host, bearer, body, schema, idempotency hash, envelope signed, JSON. */
function bareServer(): Server {
  const tokens = new Set([createHash('sha256').update(runner.token).digest('hex')]);
  return createServer((request, response) => {
    const { host: authority, authorization = '' } = request.headers;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bearer = createHash('sha256').update(authorization.slice(7)).digest('hex');
      const bytes = Buffer.concat(chunks);
      const parsed = claimRequest.safeParse(JSON.parse(bytes.toString('utf8')));
      if (!authority?.startsWith('127.0.0.1:') || !tokens.has(bearer) || !parsed.success) {
        response.writeHead(400).end();
        return;
      }
      createHash('sha256').update(`${runner.sessionId}\0${request.headers['idempotency-key']}`).digest('hex');
      createHash('sha256').update(bytes).digest('hex');
      void assignmentOf(host.key, plane.workspaceId, granted).then((assignment) => {
        const body = Buffer.from(JSON.stringify({ assignments: [assignment] }));
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
      });
    });
  });
}
const bare = bareServer();
await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', () => resolve()));

const client = new Worker(process.env.BENCH_CLIENT as string);
const measure = (port: number, calls = CALLS): Promise<number> =>
  new Promise((resolve, reject) => {
    client.once('message', (told: { perSecond?: number; error?: string }) =>
      told.perSecond === undefined ? reject(new Error(told.error)) : resolve(told.perSecond),
    );
    const body = { capacity: 1_000, wait_ms: 0, max: 1 };
    client.postMessage({ port, path: PATH, token: runner.token, body, calls, callers: CALLERS });
  });

const sound = workspace.claim.bind(workspace);
const constant = async (): Promise<number> => {
  workspace.claim = async () => ({ grants: [granted], reason: null });
  const perSecond = await measure(plane.port);
  workspace.claim = sound;
  return perSecond;
};
const claiming = async (): Promise<number> => {
  await fill(workspace, CALLS, () => spec());
  const perSecond = await measure(plane.port);
  // Room for the next round; not measured.
  const leases = [...workspace.engine.hot.leases.values()].filter((l) => l.leaseId !== granted.lease.leaseId);
  await Promise.all(
    leases.map(async (lease) => {
      const held = { lease } as GrantedLease;
      await start(workspace, runner.sessionId, held);
      await complete(workspace, runner.sessionId, held);
    }),
  );
  return perSecond;
};

const figures = { bare: [] as number[], constant: [] as number[], claim: [] as number[] };
await measure((bare.address() as AddressInfo).port);
// Every route is warm before anything counts.
for (let slice = 0; slice < SLICES; slice++) {
  await constant();
  await claiming();
}
for (let round = 0; round < HTTP_ROUNDS; round++) {
  // Slices of the three take turns, so that what disturbs the machine disturbs all of them.
  const slices = { bare: [] as number[], constant: [] as number[], claim: [] as number[] };
  for (let slice = 0; slice < SLICES; slice++) {
    slices.bare.push(await measure((bare.address() as AddressInfo).port));
    slices.constant.push(await constant());
    slices.claim.push(await claiming());
  }
  for (const name of ['bare', 'constant', 'claim'] as const) figures[name].push(median(slices[name]));
}
const ratio = (a: number[], b: number[]): number[] => a.map((value, n) => value / (b[n] as number));
await client.terminate();
bare.close();
await plane.close();
report([
  row('bare node:http doing the same', figures.bare, 'req/s'),
  row('claim route answering a constant', figures.constant, 'req/s'),
  row('claim route', figures.claim, 'req/s'),
  row('constant route against bare node:http', ratio(figures.constant, figures.bare), '×', { at: 0.6, least: true }),
  row('claim route against the constant route', ratio(figures.claim, figures.constant), '×', { at: 0.7, least: true }),
]);

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, isIPv4 } from 'node:net';
import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listeningSockets } from '../../runner/doctor/listening-sockets.ts';
import { processesWith } from '../../runner/testing/processes-with.ts';
import { splitLog } from '../../src-renderer/ui/log-text.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';
import { Program } from '../helpers/program.ts';

/** `FLOOD_MIB=1024` is the row as it is written; the bounds are the same. */
const FLOOD_MIB = Number(process.env.FLOOD_MIB ?? 48);
const KEPT_BYTES = 10 * 1024 * 1024;
const GONE_WITHIN_MS = 15_000;

let plane: PlaneProcess;
let made: Parsed;
beforeAll(async () => {
  plane = await PlaneProcess.start();
  made = await plane.connected('laptop-1', { labels: { at: 'confined' }, capacity: 2 });
});
afterAll(() => plane.close());

const runOnce = () => plane.paste(made.commands.bash.run as string).ended;
const submit = (argv: string[], more: object = {}) =>
  plane.submit({
    wu_id: 'WU-1',
    title: 'Hostile',
    command: { argv },
    labels: { at: 'confined' },
    max_runtime_ms: 120_000,
    max_attempts: 1,
    ...more,
  });
const log = async (jobId: string, stream = 'stdout', offset = 0): Promise<Parsed> =>
  (await plane.call('jobLog', { params: { job_id: jobId }, query: { stream, offset: String(offset) } })).json;
const receiptOf = async (jobId: string): Promise<Parsed> => {
  const { items } = (await plane.call('jobReceipts', { params: { job_id: jobId } })).json;
  return items.find((item: Parsed) => item.kind === 'run').statement.predicate;
};

test('row 14: a live credential that a job prints is hidden and burned, and nobody can redeem it', {
  timeout: 60_000,
}, async () => {
  const other = await plane.enroll('laptop-3');
  // It comes in two writes, and nothing of it may stand in the job itself.
  const halves = [other.credential.slice(0, 11), other.credential.slice(11)].map((half: string) =>
    Buffer.from(half).toString('hex'),
  );
  const script = `const [a, b] = ${JSON.stringify(halves)}.map((hex) => Buffer.from(hex, 'hex').toString());
    process.stdout.write('token ' + a); setTimeout(() => console.log(b), 100);`;
  const { job_id: jobId } = await submit(['node', '-e', script]);
  expect((await runOnce()).code).toBe(0);
  expect((await log(jobId)).data).toBe('token [redacted]\n');
  const burned = await plane.events('credential.burned');
  expect(burned.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^It was seen in the output of lease lse_/),
  ]);
  const refused = await plane.paste(other.commands.bash.connect as string, `${other.credential}\n`).ended;
  expect([refused.code, refused.stderr]).toEqual([77, expect.stringMatching(/burned/)]);
});

describe('row 23: a flood of output', () => {
  // One endless line; on the other stream what acts in a terminal, and bytes that are no text.
  const FLOOD = `head -c ${FLOOD_MIB}M /dev/zero | tr '\\0' x
    printf '\\033]8;;https://evil.example\\033\\\\click\\033]8;;\\033\\\\ \\033]52;c;ZXZpbA==\\007 \\033[2Jgone \\342\\200\\256txt.exe\\n' >&2
    head -c 300000 /dev/urandom >&2`;

  test('is bounded and flagged, the plane answers meanwhile, and no escape acts', { timeout: 180_000 }, async () => {
    const { job_id: jobId } = await submit([FLOOD], { command: { argv: [FLOOD], shell: true } });
    const ran = runOnce();
    await plane.untilJob(jobId, 'running');
    let isOver = false;
    void ran.then(() => {
      isOver = true;
    });
    let slowestMs = 0;
    while (!isOver) {
      const before = performance.now();
      expect((await plane.call('jobs')).status).toBe(200);
      slowestMs = Math.max(slowestMs, performance.now() - before);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(slowestMs).toBeLessThan(3_000);
    expect((await ran).code).toBe(0);
    const [attempt] = (await plane.job(jobId)).attempts;
    expect(attempt.output.stdout).toMatchObject({ size_bytes: FLOOD_MIB * 1024 * 1024, truncated: true });
    expect(attempt.output.stderr.truncated).toBe(false);
    const first = await log(jobId);
    expect(first.data.length).toBeLessThanOrEqual(262_144);
    expect(splitLog(first.data).map((line) => line.length)[0]).toBeLessThan(4_100);
    const end = await log(jobId, 'stdout', KEPT_BYTES);
    expect(end).toMatchObject({ eof: true, truncated: true });
    const shown = splitLog((await log(jobId, 'stderr')).data);
    expect(shown[0]).toBe('click  gone ‹202E›txt.exe');
    expect(shown.join('')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
});

describe.runIf(process.platform === 'linux')('row 24: a job that does not want to end', () => {
  test('setsid, ignored SIGTERM and forks without end, confined and open: nothing is left in 15 s', {
    timeout: 90_000,
  }, async () => {
    const words = ['required', 'none'].map((confinement) => `cc-row24-${confinement}-${process.pid}`);
    const jobs: string[] = [];
    for (const word of words) {
      const deaf = `trap "" TERM HUP INT; while :; do sh -c "sleep 0.2"; done; : ${word}`;
      const bomb = `trap "" TERM; i=0; while [ $i -lt 40 ]; do setsid sh -c '${deaf}' & i=$((i+1)); done; while :; do setsid sh -c 'sleep 0.2; : ${word}' & sleep 0.05; done`;
      const confinement = word.split('-')[2] as string;
      const { job_id: jobId } = await submit([], { command: { argv: [bomb], shell: true }, confinement });
      jobs.push(jobId);
    }
    const runner = plane.paste((made.commands.bash.run as string).replace('run --once', 'run --capacity 2'));
    const states = async () => (await Promise.all(jobs.map((jobId) => plane.job(jobId)))).map(({ state }) => state);
    const left = () => words.map((word) => processesWith(word).length);
    await expect.poll(() => Math.min(...left()), { timeout: 30_000 }).toBeGreaterThan(40);
    expect(listeningSockets(runner.pid, process.platform)).toEqual([]);
    const before = performance.now();
    for (const jobId of jobs)
      expect((await plane.call('jobCancel', { params: { job_id: jobId }, body: {} })).status).toBe(200);
    await expect.poll(left, { timeout: GONE_WITHIN_MS + 5_000 }).toEqual([0, 0]);
    expect(performance.now() - before).toBeLessThan(GONE_WITHIN_MS);
    await expect.poll(states, { timeout: 15_000 }).toEqual(['canceled', 'canceled']);
    expect((await runner.end()).code).toBe(0);
  });
});

describe.runIf(process.platform === 'linux')('row 25: a job that looks around', () => {
  const lan = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ address, internal }) => !internal && isIPv4(address))?.address;

  /** Dials each address and tries each file; says what it reached. */
  const lookAround = (addresses: readonly string[], reads: readonly string[], writes: readonly string[]) => `
    const fs = require('node:fs'), net = require('node:net');
    (async () => {
      for (const at of ${JSON.stringify(addresses)}) await new Promise((done) => {
        const [host, port] = at.split(' ');
        const s = net.connect({ host, port: Number(port), timeout: 2000 });
        s.on('connect', () => { console.log('REACHED ' + at); s.destroy(); done(); });
        s.on('error', () => done()).on('timeout', () => { s.destroy(); done(); });
      });
      for (const path of ${JSON.stringify(reads)}) try { fs.readFileSync(path); console.log('READ ' + path); } catch {}
      for (const path of ${JSON.stringify(writes)}) try { fs.writeFileSync(path, 'x'); console.log('WROTE ' + path); } catch {}
      console.log('looked');
    })();`;
  let canary: ReturnType<typeof createServer>;
  let hits = 0;
  beforeAll(async () => {
    canary = createServer().on('connection', (socket) => {
      hits += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => canary.listen(0, '0.0.0.0', resolve));
  });
  afterAll(() => canary.close());

  test('reaches, reads and writes nothing where confinement is required', { timeout: 60_000 }, async () => {
    const { port } = canary.address() as AddressInfo;
    const own = join(plane.dataDir, 'runner-state/connected-compute/runners', made.enrollment_id);
    expect(existsSync(join(own, 'runner.json'))).toBe(true);
    const addresses = [`127.0.0.1 ${plane.port}`, `127.0.0.1 ${port}`, '169.254.169.254 80', 'localhost 22'];
    if (lan !== undefined) addresses.push(`${lan} ${port}`);
    const reads = [join(own, 'runner.json'), join(plane.dataDir, 'console.json'), '/etc/shadow', homedir()];
    const writes = ['/usr/cc-row25', '/cc-row25', join(plane.dataDir, 'cc-row25'), `${homedir()}/cc-row25`];
    const script = lookAround(addresses, [...reads, `${homedir()}/.ssh/id_ed25519`], writes);
    const { job_id: jobId } = await submit(['node', '-e', script], { confinement: 'required' });
    expect((await runOnce()).code).toBe(0);
    expect((await log(jobId)).data).toBe('looked\n');
    expect(hits).toBe(0);
    expect(writes.filter((path) => existsSync(path))).toEqual([]);
    expect((await receiptOf(jobId)).confinement.enforced).toMatchObject({ files: 'confined', network: 'none' });
  });

  test('is told to run unconfined where it may, in the why sentence and the receipt, and never where it may not', {
    timeout: 60_000,
  }, async () => {
    // A machine with neither bubblewrap nor a container engine.
    const bare = join(plane.dataDir, 'bare');
    mkdirSync(bare);
    for (const name of ['node', 'sh', 'sleep', 'grep', 'find', 'git', 'cat'])
      symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(bare, name));
    const poor = await plane.enroll('laptop-2', { labels: { at: 'open' } });
    const command = (name: string, input?: string) => {
      const env = { ...process.env, PATH: bare, XDG_STATE_HOME: join(plane.dataDir, 'runner-state') };
      return Program.start('/bin/sh', ['-c', `exec ${poor.commands.bash[name]}`], { env, input: input ?? '' }).ended;
    };
    expect((await command('connect', `${poor.credential}\n`)).code).toBe(0);
    const labels = { at: 'open' };
    const { job_id: never } = await submit(['node', '-e', 'console.log("ran")'], { confinement: 'required', labels });
    const { job_id: jobId } = await submit(['node', '-e', 'console.log("ran")'], { confinement: 'preferred', labels });
    expect((await command('run')).code).toBe(0);
    const ran = await plane.job(jobId);
    expect([ran.state, ran.why]).toEqual(['succeeded', expect.stringMatching(/Network not enforced\.$/)]);
    expect((await receiptOf(jobId)).confinement.enforced).toMatchObject({ files: 'none', network: 'not_enforced' });
    const waits = await plane.job(never);
    expect([waits.attempts, waits.state]).toEqual([[], 'queued']);
  });
});

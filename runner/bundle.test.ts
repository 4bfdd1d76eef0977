import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isAlive, processTable } from './proc-table.ts';
import { buildBundle } from './testing/bundle.ts';
import { FakePlane } from './testing/fake-plane.ts';
import { jobSpec } from './testing/fake-wire.ts';

let folder: string;
let file: string;
let plane: FakePlane;
let state: string;
let target: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cc-bundle-'));
  file = join(folder, 'bootstrap.mjs');
  await buildBundle(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  plane = new FakePlane();
  await plane.listen();
  state = join(mkdtempSync(join(folder, 'test-')), 'state');
  target = ['--enrollment', 'enr_1', '--plane-key', plane.fingerprint, '--state-dir', state];
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await plane.close();
});

/** The script that the console prints, as it stands in the contract. */
const script = () => {
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  return [
    'const e=(t,c)=>{console.error(t+` Nothing ran.`);process.exit(c)},p=[];let n=0;',
    `try{const r=await fetch(\`${plane.url}/api/v1/runner/bootstrap\`,{redirect:\`error\`});`,
    'r.ok||e(`The plane gave no runner (`+r.status+`).`,69);',
    'for await(const c of r.body??[]){n+=c.length;n>1e7&&e(`The runner is too large.`,65);p.push(c)}}',
    'catch{n?e(`The runner arrived in part.`,65):e(`The runner could not be fetched.`,69)}',
    'const b=Buffer.concat(p);',
    `(await import(\`node:crypto\`)).createHash(\`sha256\`).update(b).digest(\`hex\`)===\`${digest}\``,
    '||e(`The runner has other bytes than this command pins.`,65);',
    'await import(`data:text/javascript;base64,`+b.toString(`base64`))',
  ].join('');
};
const serveBootstrap = () => {
  const bytes = readFileSync(file);
  plane.intercept = ({ path }) => (path === '/api/v1/runner/bootstrap' ? { status: 200, bytes } : undefined);
};

interface Ended {
  code: number | null;
  text: string;
}
const children: ChildProcess[] = [];
function start(args: string[], input = '', env: Record<string, string> = {}) {
  const own = { PATH: process.env.PATH, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), ...env };
  const child = spawn(process.execPath, args, { env: own, stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      text += bytes;
    });
  }
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, text })));
  return { child, ended, said: () => text };
}
const fromUrl = (...args: string[]) => ['--input-type=module', '-e', script(), ...args];
const stdout = () => [...plane.logs].find(([name]) => name.endsWith('/stdout'))?.[1].toString() ?? '';

describe('the one-file runner', () => {
  test('needs Node alone and has the same bytes at each build', async () => {
    const text = readFileSync(file, 'utf8');
    const imports = [...text.matchAll(/^import .* from ["'](.+)["'];?$/gm)].map((match) => match[1] as string);
    expect(imports.length).toBeGreaterThan(3);
    expect(imports.filter((name) => !name.startsWith('node:'))).toEqual([]);
    expect(text).not.toMatch(/\brequire\(|\/work\//);
    // The tool gateway alone, out of bytes whose digest stands in this program.
    expect(text.match(/import\([^)]{0,40}/g)).toEqual([expect.stringContaining('`data:text/javascript;base64,')]);
    const again = join(folder, 'again.mjs');
    await buildBundle(again);
    expect(readFileSync(again)).toEqual(readFileSync(file));
  });

  test('connects, examines and runs a job from the script that the console prints', async () => {
    serveBootstrap();
    const connected = await start(fromUrl('connect', '--url', plane.url, ...target), `${plane.credential}\n`).ended;
    expect(connected).toMatchObject({ code: 0 });
    expect(connected.text).not.toContain('cce_');
    expect(readFileSync(join(state, 'bootstrap.mjs'))).toEqual(readFileSync(file));
    const examined = await start(fromUrl('doctor', ...target)).ended;
    expect(examined.text).toContain('passed  No listening socket');
    expect(examined, examined.text).toMatchObject({ code: 0 });
    plane.queue.push(jobSpec({ command: { argv: ['echo hello'], shell: true } }));
    const run = await start(fromUrl('run', '--once', ...target)).ended;
    expect(run).toMatchObject({ code: 0 });
    expect(stdout()).toBe('hello\n');
    // Three runners, each of which tries what holds here: seconds, and many on a busy machine.
  }, 90_000);

  test('does the same as a file, also from the copy that connect kept', async () => {
    expect(await start([file, 'connect', '--url', plane.url, ...target], plane.credential).ended).toMatchObject({
      code: 0,
    });
    const kept = join(state, 'bootstrap.mjs');
    expect(readFileSync(kept)).toEqual(readFileSync(file));
    plane.queue.push(jobSpec());
    expect(await start([kept, 'run', '--once', ...target]).ended).toMatchObject({ code: 0 });
  });

  test('reads the credential from the environment with a warning, and not from a file that others can read', async () => {
    const open = join(folder, 'open');
    writeFileSync(open, plane.credential, { mode: 0o644 });
    const connect = [file, 'connect', '--url', plane.url, ...target];
    expect(await start([...connect, '--credential-file', open]).ended).toMatchObject({ code: 77 });
    const { code, text } = await start(connect, '', { CONNECTED_COMPUTE_CREDENTIAL: plane.credential }).ended;
    expect([code, text.includes('Warning: CONNECTED_COMPUTE_CREDENTIAL')]).toEqual([0, true]);
  });

  test.each([
    ['no command', [], 64],
    [
      'plain http to another host',
      ['connect', '--url', 'http://plane.example', '--enrollment', 'enr_1', '--plane-key', `SHA256:${'a'.repeat(43)}`],
      64,
    ],
    ['a runner that is not connected', ['run', '--once', '--state-dir', '/nonexistent/state'], 77],
  ])('ends with the code of the table for %s', async (_name, args, code) => {
    expect(await start([file, ...args]).ended).toMatchObject({ code });
  });

  test('answers --version and --help', async () => {
    expect(await start([file, '--version']).ended).toMatchObject({ code: 0, text: '0.1.0\n' });
    expect((await start([file, '--help']).ended).text).toContain('Exit codes');
  });
});

describe.runIf(process.platform === 'linux')('a runner in trouble', () => {
  // Unconfined, so that the process ids that it prints are this machine's.
  const busy = jobSpec({
    confinement: 'none',
    command: {
      argv: [
        `trap "" TERM; echo $$; setsid sh -c 'trap "" TERM; echo $$; cd /; while :; do sleep 0.1; done' & while :; do sleep 0.1; done`,
      ],
      shell: true,
    },
  });
  const pids = () => stdout().trim().split('\n').map(Number);

  beforeEach(async () => {
    await start([file, 'connect', '--url', plane.url, ...target], plane.credential).ended;
    plane.queue.push(busy);
  });

  test('killed with SIGKILL in mid-job leaves no process behind', async () => {
    const { child, ended } = start([file, 'run', ...target]);
    await plane.until(() => pids().length === 2);
    child.kill('SIGKILL');
    await ended;
    await plane.until(() => pids().filter(isAlive).length === 0);
    // The directory that it could not remove goes at the next start.
    plane.logs.clear();
    plane.queue.push(jobSpec());
    expect(await start([file, 'run', '--once', ...target]).ended).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder, 'cache', 'connected-compute', 'work', 'enr_1'))).toEqual([]);
  });

  test('killed with SIGKILL leaves a log that its next start sends to the end, and settles the attempt as lost', async () => {
    plane.queue.length = 0;
    const line = 'echo first; while [ ! -e go ]; do sleep 0.05; done; echo second; echo pid $$; sleep 600';
    // Unconfined, so that the process id that it prints is this machine's.
    plane.queue.push(jobSpec({ command: { argv: [line], shell: true }, confinement: 'none' }));
    const { child, ended } = start([file, 'run', '--work-dir', join(folder, 'work'), ...target]);
    await plane.until(() => stdout() === 'first\n');
    // From here on the plane takes no log: what comes is on the runner's disk alone.
    plane.intercept = ({ path }) => (path.endsWith('/log') ? 'cut' : undefined);
    const [attempt = ''] = readdirSync(join(folder, 'work/enr_1'));
    writeFileSync(join(folder, 'work/enr_1', attempt, 'work/go'), '');
    const spool = join(state, 'spool', attempt, 'stdout-0.log');
    await plane.until(() => /pid \d+\n/.test(readFileSync(spool, 'utf8')));
    const pid = Number(/pid (\d+)/.exec(readFileSync(spool, 'utf8'))?.[1]);
    expect(statSync(spool).mode & 0o777).toBe(0o600);
    child.kill('SIGKILL');
    await ended;
    await plane.until(() => !isAlive(pid));
    plane.intercept = () => undefined;
    const again = start([file, 'run', '--work-dir', join(folder, 'work'), ...target]);
    const settled = await plane.until(() => plane.calls('POST', /\/fail$/)[0]);
    expect(stdout()).toBe(`first\nsecond\npid ${pid}\n`);
    expect(settled.json).toMatchObject({ outcome: 'lost', fence: 41, exit_code: null });
    await plane.until(() => readdirSync(join(state, 'spool')).length === 0);
    again.child.kill('SIGTERM');
    expect(await again.ended).toMatchObject({ code: 0 });
  });

  test('killed with SIGKILL takes a confined job along at once, whatever it ignores', async () => {
    const word = `cc-orphan-${process.pid}`;
    const loop = `trap "" TERM HUP; while :; do sleep 0.1; done; : ${word}`;
    plane.queue.length = 0;
    plane.queue.push(
      jobSpec({
        command: { argv: [`env -i setsid /bin/sh -c '${loop}' & echo up; ${loop}`], shell: true },
        confinement: 'required',
      }),
    );
    const { child, ended } = start([file, 'run', ...target]);
    const left = () =>
      processTable().filter(({ pid }) => {
        try {
          return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
        } catch {
          return false;
        }
      });
    await plane.until(() => stdout() === 'up\n' && left().length >= 2);
    child.kill('SIGKILL');
    await ended;
    await plane.until(() => left().length === 0, 5_000);
  });

  test('stopped past its lease kills its job when it wakes, and its late writes are refused', async () => {
    plane.ttlMs = 2_000;
    const { child, ended } = start([file, 'run', '--once', ...target]);
    await plane.until(() => pids().length === 2);
    child.kill('SIGSTOP');
    const leaseId = plane.calls('POST', /\/start$/)[0]?.path.split('/')[5] ?? '';
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    plane.superseded.add(leaseId);
    child.kill('SIGCONT');
    const { code, text } = await ended;
    expect(code).toBe(1);
    expect(pids().filter(isAlive)).toEqual([]);
    expect(plane.calls('POST', /\/fail$/)[0]?.json).toMatchObject({ outcome: 'lost', fence: 41 });
    expect(text).toContain('Late write with token 41 rejected.');
  });

  test('drains at SIGTERM of the real process and gives the job back', async () => {
    const { child, ended, said } = start([file, 'run', '--drain-ms', '60000', ...target]);
    await plane.until(() => pids().length === 2);
    child.kill('SIGTERM');
    await plane.until(() => said().includes('Stopping.'));
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 1 });
    expect(plane.calls('POST', /\/release$/)).toHaveLength(1);
    expect(pids().filter(isAlive)).toEqual([]);
  });
});

describe('the hidden prompt', () => {
  test.runIf(process.platform === 'linux')('shows nothing of what is typed on a real terminal', async () => {
    const command = [process.execPath, file, 'connect', '--url', plane.url, ...target]
      .map((word) => `'${word}'`)
      .join(' ');
    const isThere = await new Promise((resolve) =>
      execFile('script', ['--version'], (error) => resolve(error === null)),
    );
    if (!isThere) return;
    const child = spawn('script', ['-qec', command, '/dev/null'], { env: { PATH: process.env.PATH, HOME: folder } });
    let text = '';
    child.stdout.on('data', (bytes) => (text += bytes));
    await plane.until(() => text.includes('Runtime credential (not shown): '));
    child.stdin.write(`${plane.credential}\r`);
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(0);
    expect(text).not.toContain('cce_');
    expect(statSync(join(state, 'runner.json')).mode & 0o777).toBe(0o600);
  });
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BOOTSTRAP, PlaneProcess } from '../helpers/plane-process.ts';
import { Program } from '../helpers/program.ts';

let plane: PlaneProcess;
beforeAll(async () => {
  plane = await PlaneProcess.start(['--lease-ttl-ms', '5000']);
});
afterAll(() => plane.close());

/** Of the runner. */
const EXIT = { used: 77, untrusted: 76, usage: 64, data: 65, unavailable: 69 } as const;
const SCRIPT = `const { readFileSync, mkdirSync, writeFileSync } = require('node:fs');
const text = readFileSync('in/words.txt', 'utf8');
console.log('read', text.length, readFileSync('in/blob.bin').length);
console.error('ünïcode 😀 on stderr');
mkdirSync('report/deep', { recursive: true });
writeFileSync('report/deep/words.txt', text.toUpperCase());
writeFileSync('report/env.json', JSON.stringify(process.env));
writeFileSync('ignored.txt', 'not declared');`;

describe('the three printed commands, pasted in bash', () => {
  test('connect, doctor and run --once: a job with inputs, outputs and a log', async () => {
    const made = await plane.enroll('laptop-1', { labels: { region: 'eu' } });
    const { connect, doctor, run } = made.commands.bash as Record<string, string>;
    for (const command of [connect, doctor, run]) expect(command).not.toContain(made.credential);

    const connected = await plane.paste(connect as string, `${made.credential}\n`).ended;
    expect([connected.code, connected.stderr]).toEqual([0, '']);
    expect(`${connected.stdout}`).not.toContain(made.credential);
    expect((await plane.json(['source', 'show', made.source_id])).state).toBe('online');

    const examined = await plane.paste(doctor as string).ended;
    expect(examined.code).toBe(0);
    expect(examined.stdout).toMatch(/Doctor: \d+ of \d+ passed/);

    const blob = Buffer.alloc(300_000, 7);
    const sha256 = createHash('sha256').update(blob).digest('hex');
    expect((await plane.call('blobPut', { params: { sha256 }, body: blob })).status).toBe(200);
    const { job_id: jobId } = await plane.submit({
      wu_id: 'WU-1',
      title: 'Words',
      command: { argv: ['node', '-e', SCRIPT], env: { CI: '1' } },
      inputs: [
        { path: 'in/words.txt', text: 'some words, ünïcode' },
        { path: 'in/blob.bin', sha256 },
      ],
      outputs: ['report/**'],
      labels: { region: 'eu' },
    });
    const ran = await plane.paste(run as string).ended;
    expect([ran.code, ran.stderr]).toEqual([0, '']);

    const job = await plane.job(jobId);
    expect([job.state, job.attempt]).toEqual(['succeeded', 1]);
    expect(job.why).toMatch(/laptop-1/);
    const [attempt] = job.attempts;
    expect(attempt).toMatchObject({
      outcome: 'succeeded',
      exit_code: 0,
      has_run_receipt: true,
      source_name: 'laptop-1',
    });
    expect(attempt.artifacts.map((a: { path: string }) => a.path).sort()).toEqual([
      'report/deep/words.txt',
      'report/env.json',
    ]);
    const bytes = async (path: string): Promise<string> => {
      const found = attempt.artifacts.find((a: { path: string }) => a.path === path);
      return (await plane.call('artifact', { params: { sha256: found.sha256 } })).text;
    };
    expect(await bytes('report/deep/words.txt')).toBe('SOME WORDS, ÜNÏCODE');
    expect(JSON.parse(await bytes('report/env.json'))).toMatchObject({ CI: '1', CC_JOB_ID: jobId, CC_ATTEMPT: '1' });
    const log = async (stream: string) =>
      (await plane.call('jobLog', { params: { job_id: jobId }, query: { stream } })).json;
    expect(await log('stdout')).toMatchObject({ data: 'read 19 300000\n', eof: true, truncated: false });
    expect((await log('stderr')).data).toBe('ünïcode 😀 on stderr\n');
  });

  test('the credential works once: its second use is refused and names the reason', async () => {
    const made = await plane.connected('laptop-2');
    const elsewhere = `${made.commands.bash.connect} --state-dir ${plane.dataDir}/elsewhere`;
    const again = await plane.paste(elsewhere, `${made.credential}\n`).ended;
    expect(again.code).toBe(EXIT.used);
    expect(again.stderr).toMatch(/used/);
    expect(`${again.stdout}${again.stderr}`).not.toContain(made.credential);
  });

  test('a plane that does not hold the pinned key gets nothing, and the runner says so with 76', async () => {
    const made = await plane.enroll('laptop-3');
    const other = await PlaneProcess.start();
    const command = (made.commands.bash.connect as string).replaceAll(plane.url, other.url);
    const refused = await plane.paste(command, `${made.credential}\n`).ended;
    expect(refused.code).toBe(EXIT.untrusted);
    expect(`${other.program.stdout}${other.program.stderr}`).not.toContain(made.credential);
    // Nothing reached the false one: the credential is still good.
    const right = await plane.paste(made.commands.bash.connect, `${made.credential}\n`).ended;
    expect(right.code).toBe(0);
    await other.close();
  });

  test('row 13: a credential on the command line ends with 64 and is never sent', async () => {
    const made = await plane.enroll('laptop-4');
    for (const words of [`--credential ${made.credential}`, made.credential]) {
      const refused = await plane.paste(`${made.commands.bash.connect} ${words}`).ended;
      expect(refused.code).toBe(EXIT.usage);
      expect(refused.stderr).toMatch(/hidden prompt/);
    }
    const { json } = await plane.call('enrollment', { params: { enrollment_id: made.enrollment_id } });
    expect(json.state).toBe('issued');
  });

  test.each([
    [
      'that is mistyped',
      (good: string) => `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
      65,
      /check characters|mistyped/i,
    ],
    ['with spaces around it', (good: string) => `  ${good} \r\n`, 0, /^$/],
    ['in quotes', (good: string) => `"${good}"\n`, 0, /^$/],
  ])('a credential %s', async (name, paste, code, sentence) => {
    const made = await plane.enroll(`pasted-${name.replaceAll(' ', '-')}`);
    const ended = await plane.paste(made.commands.bash.connect, paste(made.credential)).ended;
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(sentence);
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(made.credential);
  });

  test('a runner of the same enrollment is not started twice', async () => {
    const { made, runner } = await plane.running('laptop-5');
    await runner.prints(/Asking for work/);
    const second = await plane.paste(made.commands.bash.run).ended;
    expect(second.code).toBe(75);
    expect((await runner.end()).code).toBe(0);
  });

  test('a runner that was revoked stops by itself and says why', async () => {
    const { made, runner } = await plane.running('laptop-6');
    await runner.prints(/Asking for work/);
    await plane.json(['source', 'revoke', made.source_id]);
    const ended = await runner.ended;
    expect(ended.code).toBe(77);
    expect(ended.stderr).toMatch(/revoked/);
  });
});

describe('the bootstrap', () => {
  test('is served as it was built, with its digest and its signature', async () => {
    const served = await plane.call('bootstrap', { bearer: null });
    expect(served.bytes.equals(readFileSync(BOOTSTRAP))).toBe(true);
    const digest = createHash('sha256').update(served.bytes).digest();
    expect(served.headers['repr-digest']).toBe(`sha-256=:${digest.toString('base64')}:`);
    expect(served.headers.etag).toBe(`"${digest.toString('hex')}"`);
    expect(served.headers['cc-signature']).toMatch(/^[A-Za-z0-9+/]{86}==$/);
  });

  test('a flipped bit, a redirect and a plane that is gone end the printed command with one code each', async () => {
    const made = await plane.enroll('laptop-7');
    const { bytes } = await plane.call('bootstrap', { bearer: null });
    const flipped = Buffer.from(bytes);
    flipped[100] = (flipped[100] as number) ^ 1;
    const server = createServer((_, response) => response.end(flipped));
    const redirecting = createServer((_, response) => {
      response.writeHead(302, { location: `${plane.url}/api/v1/runner/bootstrap` }).end();
    });
    const urlOf = async (s: typeof server): Promise<string> => {
      await new Promise<void>((resolve) => s.listen(0, '127.0.0.1', () => resolve()));
      return `http://127.0.0.1:${(s.address() as AddressInfo).port}`;
    };
    const command = made.commands.bash.connect as string;
    const at = (url: string): string => command.replaceAll(plane.url, url);
    expect((await plane.paste(at(await urlOf(server))).ended).code).toBe(65);
    expect((await plane.paste(at(await urlOf(redirecting))).ended).code).toBe(EXIT.unavailable);
    const port = (server.address() as AddressInfo).port;
    await Promise.all([server, redirecting].map((s) => new Promise((resolve) => s.close(resolve))));
    expect((await plane.paste(at(`http://127.0.0.1:${port}`)).ended).code).toBe(EXIT.unavailable);
  });

  test('refuses plain http to any other machine', async () => {
    const made = await plane.enroll('laptop-8');
    const args = ['connect', '--url', 'http://plane.example', '--enrollment', made.enrollment_id];
    const key = /--plane-key (\S+)/.exec(made.commands.bash.connect)?.[1] ?? '';
    const refused = await Program.start(process.execPath, [BOOTSTRAP, ...args, '--plane-key', key]).ended;
    expect(refused.code).toBe(EXIT.usage);
  });
});

import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SecretStore } from '../../runner/secret-store.ts';
import { StateDir } from '../../runner/state-dir.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';

const CANARIES = 50;
let plane: PlaneProcess;
beforeAll(async () => {
  plane = await PlaneProcess.start();
});
afterAll(() => plane.close());

/** The encodings of a value; each of the offsets of base64 is one. */
const ENCODINGS: readonly ((value: string) => string)[] = [
  (v) => v,
  (v) => Buffer.from(v).toString('base64'),
  (v) => Buffer.from(`x${v}`).toString('base64'),
  (v) => Buffer.from(`xy${v}`).toString('base64'),
  (v) => Buffer.from(v).toString('base64url'),
  (v) => encodeURIComponent(v),
  (v) => JSON.stringify(v).slice(1, -1),
  (v) => Buffer.from(v).toString('hex'),
  (v) => Buffer.from(v).toString('hex').toUpperCase(),
];
/** What the job runs: each secret in each encoding on both streams, in text, in a binary file and in names. */
const LEAK = `
const fs = require('node:fs');
const encodings = [${ENCODINGS.map(String).join(',')}];
fs.mkdirSync('out');
let text = '';
for (const [name, value] of Object.entries(process.env).filter(([name]) => name.startsWith('CANARY_')))
  for (const [at, encode] of encodings.entries()) {
    const shown = encode(value);
    text += name + ' ' + at + ' ' + shown + '\\n';
    process.stdout.write(name + ' ' + at + ' ');
    for (const part of shown.match(/.{1,7}/g)) process.stdout.write(part);
    process.stdout.write('\\n');
    console.error('\\u001b[31m' + shown.slice(0, 5) + '\\u001b[0m' + shown.slice(5));
    if (!shown.includes('/')) fs.writeFileSync('out/' + shown + '.txt', 'named');
  }
fs.writeFileSync('out/all.txt', text);
fs.writeFileSync('out/all.bin', '\\0' + text);
console.log('done');
`;

function* filesBelow(path: string): Generator<string> {
  for (const name of readdirSync(path)) {
    const each = join(path, name);
    if (statSync(each).isDirectory()) yield* filesBelow(each);
    else yield each;
  }
}

test('50 secrets in every encoding are found nowhere on disk but in their store, and not in the evidence', {
  timeout: 180_000,
}, async () => {
  const made = await plane.connected('laptop-1');
  const stateDir = join(plane.dataDir, 'runner-state/connected-compute/runners', made.enrollment_id);
  const store = new SecretStore(new StateDir(stateDir));
  const values = Array.from(
    { length: CANARIES },
    () => `${randomBytes(12).toString('base64')} "\\/+${randomBytes(3).toString('hex')}`,
  );
  for (const [at, value] of values.entries()) store.set(`CANARY_${at}`, value);
  const { job_id: jobId } = await plane.submit({
    wu_id: 'WU-1',
    title: 'Leaks',
    command: { argv: ['node', '-e', LEAK] },
    secrets: values.map((_, at) => `CANARY_${at}`),
    outputs: ['out/**'],
    max_runtime_ms: 120_000,
  });
  const ran = await plane.paste(`${made.commands.bash.run} --work-dir ${plane.dataDir}/work`).ended;
  expect(ran.code).toBe(0);
  const ended = await plane.job(jobId);
  expect(ended.state).toBe('succeeded');
  const log = (await plane.call('jobLog', { params: { job_id: jobId } })).json.data as string;
  expect(log.split('\n')).toHaveLength(CANARIES * ENCODINGS.length + 2);
  expect(log).toContain('done\n');
  const [attempt] = ended.attempts;
  expect(attempt.artifacts.map((a: { path: string }) => a.path)).toEqual(['out/all.txt']);

  const searched: string[] = [];
  const places = [...filesBelow(plane.dataDir)].filter((path) => path !== store.path);
  const texts = places.map((path) => [path, readFileSync(path).toString('latin1')] as const);
  const said = [
    ['stdout', ran.stdout],
    ['stderr', ran.stderr],
    ['log', log],
  ] as const;
  for (const [where, text] of [...texts, ...said]) {
    searched.push(where);
    for (const value of values) {
      // The ends of base64 depend on what stands beside it, so that the middle is what must not be there.
      for (const encode of ENCODINGS) {
        const middle = encode(value).slice(4, -4);
        expect(text.includes(middle), `${where} holds a secret`).toBe(false);
      }
    }
  }
  expect(searched.some((path) => path.includes('/log/'))).toBe(true);
  expect(searched.some((path) => path.includes('/runs/') || path.includes('/blobs/'))).toBe(true);
});

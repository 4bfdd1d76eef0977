import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_JOB, PlaneUnderTest, UNBUILT_JOB } from '../../test/helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

describe('the runner’s bytes', () => {
  test('come with their digest and a signature by the plane key, and are asked for once', async () => {
    const answer = await plane.call('bootstrap', { bearer: null });
    const file = readFileSync(join(plane.dataDir, 'bootstrap.mjs'));
    expect(answer.bytes).toEqual(file);
    const sha256 = createHash('sha256').update(file);
    const digest = sha256.copy().digest('hex');
    expect(answer.headers['content-type']).toMatch(/^text\/javascript/);
    expect(answer.headers['repr-digest']).toBe(`sha-256=:${sha256.digest('base64')}:`);
    const raw = Buffer.from(plane.host.key.publicKeyBase64, 'base64');
    const key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
    const signature = Buffer.from(String(answer.headers['cc-signature']), 'base64');
    expect(verify(null, Buffer.from(`connected-compute/bootstrap/v1\n${digest}`), key, signature)).toBe(true);
    const again = await plane.raw('GET', '/api/v1/runner/bootstrap', { 'if-none-match': String(answer.headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('are pinned in every command of an enrollment', async () => {
    const digest = createHash('sha256')
      .update(readFileSync(join(plane.dataDir, 'bootstrap.mjs')))
      .digest('hex');
    const made = await plane.enroll('laptop-9');
    for (const set of Object.values(made.commands) as Record<string, string>[])
      for (const text of Object.values(set)) {
        expect(text).toContain(digest);
        expect(text).toContain(plane.host.key.fingerprint);
        expect(text).not.toContain(made.credential);
      }
    expect(made.loopback_only).toBe(true);
  });

  test('are printed with the public URL, which may still be a loopback one', async () => {
    for (const [publicUrl, isLoopback] of [
      ['https://plane.example', false],
      ['http://localhost:7777', true],
    ] as const) {
      const open = await PlaneUnderTest.start({ publicUrl });
      const made = await open.enroll('laptop-1');
      expect(made.commands.bash.connect).toContain(`connect --url ${publicUrl} `);
      expect(made.loopback_only).toBe(isLoopback);
      await open.close();
    }
  });
});

describe('reads', () => {
  test('say which entry they saw, and it only grows', async () => {
    let seen = -1;
    for (let n = 0; n < 3; n++) {
      await plane.submit();
      const seq = Number((await plane.call('jobs')).headers['cc-seq']);
      expect(seq).toBeGreaterThan(seen);
      expect(seq).toBeLessThan(plane.hosted.workspace.engine.commit.durableSeq);
      seen = seq;
    }
  });

  test.each([
    'overview',
    'sources',
    'enrollments',
    'leases',
    'policy',
    'policyVersions',
    'approvals',
    'evidence',
    'settings',
    'workspaces',
    'operators',
    'session',
    'openapi',
    'health',
  ] as const)('%s fits its schema', async (id) => {
    expect((await plane.call(id)).status).toBe(200);
  });

  test('pages follow each other by cursor', async () => {
    const first = (await plane.call('jobs', { query: { limit: '2' } })).json;
    const second = (await plane.call('jobs', { query: { limit: '2', cursor: first.next_cursor } })).json;
    const seqs = [...first.items, ...second.items].map((j: { seq: number }) => j.seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
    expect(new Set(seqs).size).toBe(seqs.length);
  });
});

describe('bulk submit', () => {
  test('answers each in its place; a bad one stops no other', async () => {
    const items = [PLAIN_JOB, { ...PLAIN_JOB, priority: 101 }, 7, UNBUILT_JOB, PLAIN_JOB];
    const { json } = await plane.call('jobBulk', { body: { items } });
    expect(
      json.results.map((r: { status: number; problem?: { code: string } }) => r.problem?.code ?? r.status),
    ).toEqual([201, 'field.invalid', 'field.invalid', 'feature.not_built', 201]);
  });
});

describe('blobs', () => {
  test('are stored by their digest and taken as inputs', async () => {
    const bytes = Buffer.from('an archive');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const body = { ...PLAIN_JOB, inputs: [{ path: 'a.tar', sha256 }] };
    expect((await plane.call('jobSubmit', { body, key: plane.key() })).code).toBe('input.unknown');
    expect((await plane.call('blobPut', { params: { sha256 }, body: bytes })).json.size_bytes).toBe(bytes.length);
    expect((await plane.call('jobSubmit', { body, key: plane.key() })).json.spec.inputs[0].size_bytes).toBe(
      bytes.length,
    );
    const wrong = await plane.call('blobPut', { params: { sha256: '0'.repeat(64) }, body: bytes });
    expect(wrong.code).toBe('digest.mismatch');
  });
});

describe('metrics', () => {
  test('are OpenMetrics text: each family is typed once, each sample well formed, the end marked', async () => {
    const answer = await plane.call('metrics');
    expect(answer.headers['content-type']).toMatch(/^application\/openmetrics-text/);
    expect(answer.text.endsWith('\n# EOF\n')).toBe(true);
    const families = new Map<string, string>();
    for (const line of answer.text.trimEnd().split('\n')) {
      const typed = /^# TYPE (\w+) (counter|gauge)$/.exec(line);
      if (typed !== null) {
        expect(families.has(typed[1] as string)).toBe(false);
        families.set(typed[1] as string, typed[2] as string);
      } else if (!line.startsWith('#')) {
        const sample = /^(\w+?)(_total)?(\{(?:\w+="[^"\\\n]*",?)+\})? \d+(\.\d+)?$/.exec(line);
        expect(sample, line).not.toBeNull();
        expect(families.get(sample?.[1] ?? '')).toBe(sample?.[2] === undefined ? 'gauge' : 'counter');
      }
    }
    expect(answer.text).toMatch(/cc_jobs\{workspace="ws_\w+",state="queued"\} \d+/);
    expect(answer.text).toMatch(/cc_http_requests_total\{route="jobSubmit",status="201"\} \d+/);
    expect((await plane.call('metrics', { bearer: null })).status).toBe(401);
  });
});

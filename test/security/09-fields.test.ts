import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_JOB, PlaneUnderTest, UNBUILT_JOB } from '../helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
let runner: RunnerUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
  runner = await plane.runner('laptop-1');
});
afterAll(() => plane.close());

/** A job with one value written as given. */
const job = (field: string, value: string): string =>
  JSON.stringify({ ...PLAIN_JOB, [field]: '@' }).replace('"@"', () => value);

describe('row 9: fields that are not valid', () => {
  test.each([
    ['an unknown field', 'extra', '1', '/extra'],
    ['a wrong type', 'priority', '"high"', '/priority'],
    ['an infinite number', 'max_runtime_ms', '1e999', '/max_runtime_ms'],
    ['an integer that no double holds', 'max_runtime_ms', '9007199254740993', '/max_runtime_ms'],
    ['minus zero', 'priority', '-0', '/priority'],
    ['minus zero as a float', 'priority', '-0.0', '/priority'],
    ['a fraction', 'priority', '1.5', '/priority'],
    ['an empty id', 'wu_id', '""', '/wu_id'],
    ['an empty title', 'title', '"  "', '/title'],
    ['a negative budget', 'budget', '{"extras_mcu":-1}', '/budget/extras_mcu'],
    ['minus zero inside', 'budget', '{"extras_mcu":-0}', '/budget/extras_mcu'],
    ['a label that is none', 'labels', '{"a b":"c"}', '/labels/a b'],
    ['a path that climbs', 'outputs', '["../x"]', '/outputs/0'],
    ['null', 'command', 'null', '/command'],
  ])('names %s with its pointer', async (_, field, value, pointer) => {
    const answer = await plane.call('jobSubmit', { body: job(field, value), key: plane.key() });
    expect([answer.status, answer.code]).toEqual([422, 'field.invalid']);
    expect(answer.json.errors.map((e: { pointer: string }) => e.pointer)).toContain(pointer);
  });

  test.each([
    [
      'a cost that is negative',
      '{"leases":[{"lease_id":"lse_0123456789ABCDEFGHJKMNPQRS","fence":1,"cost_mcu":-1}]}',
      '/leases/0/cost_mcu',
    ],
    [
      'a cost that is no number',
      '{"leases":[{"lease_id":"lse_0123456789ABCDEFGHJKMNPQRS","fence":1,"cost_mcu":"NaN"}]}',
      '/leases/0/cost_mcu',
    ],
    [
      'a fence of minus zero',
      '{"leases":[{"lease_id":"lse_0123456789ABCDEFGHJKMNPQRS","fence":-0}]}',
      '/leases/0/fence',
    ],
    [
      'an id of another kind',
      '{"leases":[{"lease_id":"job_0123456789ABCDEFGHJKMNPQRS","fence":1}]}',
      '/leases/0/lease_id',
    ],
  ])('names %s in a heartbeat', async (_, body, pointer) => {
    const answer = await runner.call('heartbeat', { body });
    expect([answer.status, answer.code]).toEqual([422, 'field.invalid']);
    expect(answer.json.errors.map((e: { pointer: string }) => e.pointer)).toContain(pointer);
  });

  test('names minus zero where a schema would let it pass', async () => {
    const answer = await runner.call('claim', { key: plane.key(), body: '{"capacity":1,"max":-0}' });
    expect([answer.status, answer.code, answer.json.errors[0].pointer]).toEqual([422, 'field.invalid', '/max']);
  });

  test('a text that only looks like minus zero is a text', async () => {
    expect((await plane.submit({ title: 'build-0 of -0' })).title).toBe('build-0 of -0');
  });

  test.each([
    ['limit', { limit: '201' }],
    ['limit', { limit: '-1' }],
    ['limit', { limit: '1e2' }],
    ['page', { page: '1' }],
    ['cursor', { cursor: 'a b' }],
  ])('names the query parameter %s', async (name, query) => {
    const answer = await plane.call('jobs', { query: query as Record<string, string> });
    expect([answer.status, answer.code]).toEqual([422, 'field.invalid']);
    expect(JSON.stringify(answer.json.errors)).toContain(name);
  });

  test.each([
    ['/limits/processes', {}],
    ['/network', { network: 'egress', egress: ['host.example:443'] }],
    ['/network', { network: 'private:lab' }],
  ])('refuses %s of a job in a cluster, which no rule holds yet, and never ignores it', async (pointer, more) => {
    const answer = await plane.call('jobSubmit', { body: { ...UNBUILT_JOB, ...more }, key: plane.key() });
    expect([answer.status, answer.code, answer.json.errors[0].pointer]).toEqual([422, 'feature.not_built', pointer]);
  });

  test.each([
    ['no digest', { image: 'registry.example/x:latest', argv: ['true'] }, 'image'],
    ['no program', { image: UNBUILT_JOB.kubernetes.image, argv: [] }, 'argv'],
    ['a field of a container', { ...UNBUILT_JOB.kubernetes, privileged: true }, 'privileged'],
  ])('refuses a job in a cluster with %s', async (_what, kubernetes, word) => {
    const body = { ...UNBUILT_JOB, limits: undefined, kubernetes };
    const answer = await plane.call('jobSubmit', { body, key: plane.key() });
    expect([answer.status, answer.code]).toEqual([422, 'field.invalid']);
    expect(JSON.stringify(answer.json.errors)).toContain(word);
  });

  const commit = 'c'.repeat(40);
  test.each([
    'ext::sh -c "touch /tmp/owned"',
    'ext::https://git.example/x',
    'file:///etc',
    '/etc/passwd',
    'ssh://git@git.example/x',
    'git@git.example:x.git',
    'git://git.example/x',
    'http://git.example/x',
    'https://user:word@git.example/x',
    'https://git.example/x?a=b',
    'https://git.example/x\n--upload-pack=touch',
    '--upload-pack=touch',
  ])('refuses the checkout address %j', async (repo) => {
    const body = { ...PLAIN_JOB, checkout: { repo, commit } };
    const answer = await plane.call('jobSubmit', { body, key: plane.key() });
    expect([answer.status, answer.code, answer.json.errors[0].pointer]).toEqual([
      422,
      'field.invalid',
      '/checkout/repo',
    ]);
  });
  test.each(['main', 'v1.0', 'c'.repeat(39), '--output=x'])('refuses the commit %s', async (name) => {
    const body = { ...PLAIN_JOB, checkout: { repo: 'https://git.example/x', commit: name } };
    const answer = await plane.call('jobSubmit', { body, key: plane.key() });
    expect([answer.status, answer.json.errors[0].pointer]).toEqual([422, '/checkout/commit']);
  });

  const image = `registry.example/tools/node@sha256:${'a'.repeat(64)}`;
  const asContainer = (container?: object) => ({ ...PLAIN_JOB, kind: 'container', command: undefined, container });
  test.each([
    ['an image by its name alone', asContainer({ image: 'node:20' }), '/container/image'],
    ['an image that is an option', asContainer({ image: '--privileged' }), '/container/image'],
    ['a tag beside the digest', asContainer({ image: image.replace('@', ':20@') }), '/container/image'],
    ['a shell without a line', asContainer({ image, shell: true }), '/container/argv'],
    ['a container job without its container', asContainer(), '/container'],
    ['a command beside a container', { ...asContainer({ image }), command: PLAIN_JOB.command }, '/command'],
    ['a container beside a command', { ...PLAIN_JOB, container: { image } }, '/container'],
    ['a job without its command', { ...PLAIN_JOB, command: undefined }, '/command'],
    ['more rights', asContainer({ image, privileged: true }), '/container/privileged'],
    ['no memory at all', { ...PLAIN_JOB, limits: { memory_bytes: 1 } }, '/limits/memory_bytes'],
    ['no process', { ...PLAIN_JOB, limits: { processes: 0 } }, '/limits/processes'],
  ])('refuses %s', async (_name, body, pointer) => {
    const answer = await plane.call('jobSubmit', { body, key: plane.key() });
    expect([answer.status, answer.code, answer.json.errors[0].pointer]).toEqual([422, 'field.invalid', pointer]);
  });
});

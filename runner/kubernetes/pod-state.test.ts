import { describe, expect, test } from 'vitest';
import { endOf, isUp, type Pod, troubleOf, waitsFor } from './pod-state.ts';

const IMAGES = { job: 'registry.example/x@sha256:1', mayFetch: false };
const pod = (status: Pod['status']): Pod => ({ metadata: { name: 'p' }, status });
const running = { running: {} };
const job = (state: object, more: object = {}): Pod => pod({ containerStatuses: [{ name: 'job', state }], ...more });

test('is up when both containers run', () => {
  const both = (other: object) =>
    pod({
      containerStatuses: [
        { name: 'job', state: running },
        { name: 'beside', state: other },
      ],
    });
  expect([isUp(both(running)), isUp(both({ waiting: {} })), isUp(pod({})), isUp({ metadata: { name: 'p' } })]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

describe('what keeps a pod from starting', () => {
  test.each<[string, Pod, string | null]>([
    ['nothing yet', pod({ phase: 'Pending' }), null],
    ['an image that is still fetched', job({ waiting: { reason: 'ContainerCreating' } }), null],
    ['a first failure to fetch, which is tried again', job({ waiting: { reason: 'ErrImagePull' } }), null],
    ['a second one', job({ waiting: { reason: 'ImagePullBackOff', message: 'no such host' } }), 'no such host'],
    [
      'an image that may not be fetched',
      job({ waiting: { reason: 'ErrImageNeverPull' } }),
      '--image-registry registry.example',
    ],
    [
      'a program that the runtime cannot start',
      job({ terminated: { exitCode: 128, reason: 'StartError', message: 'exec format error' } }),
      'ended before it began (StartError): exec format error',
    ],
    [
      'a helper image without busybox',
      pod({ initContainerStatuses: [{ name: 'prepare', state: { terminated: { exitCode: 3 } } }] }),
      'no static /bin/busybox',
    ],
    [
      'a pod that was evicted',
      pod({ phase: 'Failed', reason: 'Evicted', message: 'low on disk' }),
      'Evicted, low on disk',
    ],
  ])('%s', (_what, found, words) => {
    if (words === null) expect(troubleOf(found, IMAGES)).toBeNull();
    else expect(troubleOf(found, IMAGES)).toContain(words);
  });

  test('is told for one that has no place', () => {
    const unplaced = { type: 'PodScheduled', status: 'False', message: '0/3 have enough memory.' };
    expect(waitsFor(pod({ conditions: [unplaced] }))).toBe('0/3 have enough memory.');
    expect(waitsFor(pod({}))).toBe('it did not say for what');
  });
});

test('the end of a job tells exit code, memory and eviction apart', () => {
  expect(endOf(job(running))).toBeNull();
  expect(endOf(job({ terminated: { exitCode: 3, reason: 'Error' } }))).toEqual({
    exitCode: 3,
    isOutOfMemory: false,
    evicted: null,
  });
  const full = { reason: 'Evicted', message: 'volume "log" exceeds its limit' };
  expect(endOf(job({ terminated: { exitCode: 137, reason: 'OOMKilled' } }, full))).toEqual({
    exitCode: 137,
    isOutOfMemory: true,
    evicted: 'Evicted: volume "log" exceeds its limit',
  });
  expect(endOf(pod({ phase: 'Failed', ...full }))).toMatchObject({ exitCode: 137, evicted: expect.any(String) });
});

import { describe, expect, test } from 'vitest';
import { executorsOf } from '../sources/confinement.ts';
import type { Profile } from './profile.ts';
import { executorOf, parseSignature, type Requirement, signatureOf } from './requirement.ts';
import { judgeFixed } from './rules.ts';

const needs = (over: Partial<Requirement>): Requirement => ({
  kind: 'container',
  computeClass: 'cpu-small',
  labels: [],
  network: 'none',
  confinement: 'preferred',
  ...over,
});
const profile = (executors: readonly string[]): Profile => ({
  side: 'byoc',
  computeClass: 'cpu-small',
  labels: {},
  confinesFiles: true,
  confinesNetworkNone: true,
  confinesAllowList: true,
  executors,
  networks: [],
});
const judge = (over: Partial<Requirement>, executors: readonly string[]) =>
  judgeFixed(needs(over), profile(executors)).find((r) => r.rule === 'confinement.insufficient');

describe('a job in a container', () => {
  test.each([
    [{}, [], false, 'no container engine'],
    [{ confinement: 'none' as const }, [], false, 'no container engine'],
    [{}, ['container:none'], true, 'enforced'],
    [{ network: 'egress' }, ['container:none'], false, 'its container engine cannot grant hosts'],
    [{ network: 'private:lab' }, ['container:allow_list', 'container:none'], true, 'enforced'],
    [{ kind: 'kubernetes' as const }, ['container:none'], false, 'no cluster'],
    [{ kind: 'kubernetes' as const }, ['kubernetes:none'], true, 'enforced'],
  ])('%j on %j', (over, executors, pass, detail) => {
    expect(judge(over, executors)).toEqual({ rule: 'confinement.insufficient', pass, detail });
  });

  test('shares no bucket with a command, whose signature stays as it was', () => {
    const command = needs({ kind: 'command' });
    expect(signatureOf(command)).toBe('["cpu-small",[],"none","preferred"]');
    for (const each of [command, needs({}), needs({ kind: 'kubernetes' })])
      expect(parseSignature(signatureOf(each))).toEqual(each);
    expect(executorOf(command)).toBeNull();
  });
});

test('a posture tells what else than commands it executes', () => {
  expect(executorsOf({})).toEqual([]);
  expect(executorsOf({ containers: ['podman'], container_network: ['none', 'allow_list'] })).toEqual([
    'container:allow_list',
    'container:none',
  ]);
  // An engine that did not prove a network executes nothing.
  expect(executorsOf({ containers: ['podman'] })).toEqual([]);
  expect(executorsOf({ kubernetes: true })).toEqual(['kubernetes:none']);
});

import { describe, expect, it } from 'vitest';
import type { PolicyOverride } from '../../contract/policy.ts';
import { ruleFor, type WorkspacePolicy } from './policy.ts';
import { type PolicyContent, policyChanges } from './policy-changes.ts';
import type { Requirement } from './requirement.ts';

const policy = (overrides: PolicyOverride[]): WorkspacePolicy => ({
  version: 7,
  mode: 'byoc_first',
  fallback: { mode: 'ask', afterMs: 60_000 },
  refuseAfterMs: null,
  overrides,
  isFairShare: false,
});
const needs = (computeClass: Requirement['computeClass'], labels: Record<string, string> = {}): Requirement => ({
  kind: 'command',
  computeClass,
  labels: Object.entries(labels),
  network: 'none',
  confinement: 'preferred',
});

describe('the rule for a requirement', () => {
  const gpu: PolicyOverride = { compute_class: 'gpu-small', mode: 'managed_only' };
  const eu: PolicyOverride = { labels: { region: 'eu' }, mode: 'byoc_only', fallback: { mode: 'never', after_ms: 0 } };
  const both: PolicyOverride = { compute_class: 'gpu-small', labels: { region: 'eu' }, mode: 'managed_first' };
  const auto: PolicyOverride = { compute_class: 'cpu-large', fallback: { mode: 'auto', after_ms: 5_000 } };
  it.each([
    ['no override matches', [gpu, eu], needs('cpu-small'), 'byoc_first', 'ask', null],
    ['by class', [gpu, eu], needs('gpu-small'), 'managed_only', 'ask', 0],
    ['by label', [gpu, eu], needs('cpu-small', { os: 'linux', region: 'eu' }), 'byoc_only', 'never', 1],
    ['another value is no match', [eu], needs('cpu-small', { region: 'us' }), 'byoc_first', 'ask', null],
    ['the first of two', [gpu, eu], needs('gpu-small', { region: 'eu' }), 'managed_only', 'ask', 0],
    ['both conditions', [both, gpu], needs('gpu-small', { region: 'eu' }), 'managed_first', 'ask', 0],
    ['one of two conditions is none', [both, gpu], needs('gpu-small'), 'managed_only', 'ask', 1],
    ['the fallback alone', [auto], needs('cpu-large'), 'byoc_first', 'auto', 0],
  ] as const)('%s', (_name, overrides, requirement, mode, fallback, override) => {
    const rule = ruleFor(policy([...overrides]), requirement);
    expect([rule.mode, rule.fallback.mode, rule.override, rule.version]).toEqual([mode, fallback, override, 7]);
  });
});

describe('what differs between two versions', () => {
  const base: PolicyContent = {
    mode: 'byoc_first',
    fallback: { mode: 'ask', after_ms: 60_000 },
    refuse_after_ms: null,
    overrides: [],
    fair_share: false,
    four_eyes: false,
  };
  const changed = (over: Partial<PolicyContent>) => policyChanges(base, { ...base, ...over });
  it.each([
    [{ mode: 'managed_only' as const }, '/mode', 'The mode becomes managed_only; it was byoc_first.'],
    [
      { fallback: { mode: 'auto' as const, after_ms: 60_000 } },
      '/fallback/mode',
      'The fallback becomes auto; it was ask.',
    ],
    [
      { fallback: { mode: 'ask' as const, after_ms: 1_500 } },
      '/fallback/after_ms',
      'The second side is looked at after 1500 ms; it was 1 min.',
    ],
    [{ refuse_after_ms: 90_000 }, '/refuse_after_ms', 'A job that waits longer than 90 s is refused.'],
    [
      { overrides: [{ compute_class: 'gpu-small' as const, labels: { region: 'eu' }, mode: 'byoc_only' as const }] },
      '/overrides/0',
      'Override 1 is new: gpu-small with region=eu: byoc_only.',
    ],
    [{ fair_share: true }, '/fair_share', 'Work units take turns inside one priority.'],
    [{ four_eyes: true }, '/four_eyes', 'Who submits a job cannot approve it.'],
  ])('%j', (over, pointer, sentence) => {
    expect(changed(over).map((c) => [c.pointer, c.sentence])).toEqual([[pointer, sentence]]);
  });
  it('is nothing for the same content in another order of keys', () => {
    expect(
      policyChanges(
        { ...base, overrides: [{ compute_class: 'gpu-small', mode: 'byoc_only' }] },
        { ...base, overrides: [{ mode: 'byoc_only', compute_class: 'gpu-small' }] },
      ),
    ).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import type { Posture } from '../../src-server/contract/source.ts';
import { jobSpec } from '../testing/fake-wire.ts';
import type { JobSpec } from '../wire.ts';
import { planFor } from './plan.ts';

const FULL: Posture = { files: 'confined', network: ['none', 'allow_list'], pid: 'namespace' };
const FILES: Posture = { files: 'confined', network: [] };
const NOTHING: Posture = { files: 'none', network: [] };
const job = (over: object) => jobSpec(over as Record<string, unknown>) as unknown as JobSpec;
const plan = (over: object, posture: Posture, isConfinedOnly = false) => planFor(job(over), posture, isConfinedOnly);

describe('a command job', () => {
  test.each([
    ['required', 'none', FULL, { isConfined: true, network: 'none', notEnforced: [] }],
    ['required', 'egress', FULL, { isConfined: true, network: 'allow_list', notEnforced: [] }],
    ['preferred', 'private:lab', FULL, { isConfined: true, network: 'allow_list', notEnforced: [] }],
    ['preferred', 'none', FILES, { isConfined: true, network: 'not_enforced', notEnforced: ['network'] }],
    ['preferred', 'none', NOTHING, { isConfined: false, network: 'not_enforced', notEnforced: ['files', 'network'] }],
    ['none', 'none', FULL, { isConfined: false, network: 'not_enforced', notEnforced: [] }],
  ])('%s, network %s', (confinement, network, posture, expected) => {
    expect(plan({ confinement, network }, posture)).toMatchObject(expected);
  });

  test.each([
    [FILES, 'network'],
    [NOTHING, 'files and network'],
    [{}, 'files and network'],
  ])('that requires confinement never runs without: %j', (posture, lacks) => {
    expect(plan({ confinement: 'required' }, posture)).toBe(
      `The job requires confinement, and this source cannot enforce ${lacks}.`,
    );
  });

  test('runs confined or not at all with --confined-only', () => {
    expect(typeof plan({ confinement: 'preferred' }, NOTHING, true)).toBe('string');
    expect(typeof plan({ confinement: 'none' }, FULL, true)).toBe('string');
    expect(plan({ confinement: 'preferred' }, FULL, true)).toMatchObject({ isConfined: true });
  });

  test('of a kind that is not built, or without a program, is told apart', () => {
    expect(plan({ kind: 'mcp' }, FULL)).toContain('mcp');
    expect(plan({ command: { argv: [''] } }, FULL)).toBe('The job names no program.');
  });
});

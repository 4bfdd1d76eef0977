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

  const ENGINE: Posture = { containers: ['podman'], container_network: ['none'] };
  const image = { image: `localhost/x@sha256:${'a'.repeat(64)}` };
  test.each([
    [{ kind: 'container', container: image }, ENGINE, { executor: 'container', isConfined: true, network: 'none' }],
    [{ kind: 'container', container: image }, FULL, 'The job runs in a container, and no engine holds here.'],
    [
      { kind: 'container', container: image, network: 'egress' },
      ENGINE,
      'The job reaches granted hosts, and containers of this source cannot be granted any.',
    ],
  ])('in a container: %j', (over, posture, expected) => {
    const found = plan(over, posture);
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatchObject(expected);
  });

  test('of an agent: confined or not at all', () => {
    const agent = { kind: 'mcp', mcp: { argv: ['agent'], env: {}, shell: false, tools: {}, max_calls: 1 } };
    expect(plan(agent, { ...FULL, agents: ['none'] })).toMatchObject({ executor: 'mcp', isConfined: true });
    const open = { ...agent, confinement: 'none' };
    expect(plan(open, FULL)).toContain('cannot confine an agent job');
    expect(plan({ ...agent, network: 'egress' }, { ...FULL, agents: ['none'] })).toContain(
      'cannot confine an agent job',
    );
  });

  test('of a cluster: where one holds, without a network, or not at all', () => {
    const inside = { kind: 'kubernetes', kubernetes: { image: 'x', argv: ['true'], env: {}, shell: false } };
    expect(plan(inside, { ...NOTHING, kubernetes: true })).toMatchObject({ executor: 'kubernetes', network: 'none' });
    expect(plan({ ...inside, confinement: 'required' }, { ...NOTHING, kubernetes: true }, true)).toMatchObject({
      isConfined: true,
      notEnforced: [],
    });
    const detail = { cluster: 'network rules are not enforced' };
    for (const confinement of ['none', 'preferred', 'required'])
      expect(plan({ ...inside, confinement }, { ...FULL, kubernetes: false, detail })).toContain('are not enforced');
    expect(plan({ ...inside, network: 'egress' }, { kubernetes: true })).toContain('cannot be granted any');
  });

  test('of an unknown kind, or without a program, is told apart', () => {
    expect(plan({ kind: 'other' }, FULL)).toBe('This runner does not know jobs of kind other.');
    expect(plan({ kind: 'kubernetes' }, { kubernetes: true })).toBe('The job names no program.');
    expect(plan({ kind: 'mcp' }, FULL)).toBe('The agent job names no program.');
    expect(plan({ command: { argv: [''] } }, FULL)).toBe('The job names no program.');
  });
});

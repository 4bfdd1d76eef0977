import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { FakePlane } from '../testing/fake-plane.ts';
import { LinePrinter, TestRunner } from '../testing/harness.ts';
import { doctor, summaryOf } from './doctor.ts';

let plane: FakePlane;
let runner: TestRunner;
let printer: LinePrinter;

beforeEach(async () => {
  plane = new FakePlane();
  await plane.listen();
  runner = new TestRunner(plane);
  await runner.connect();
  printer = new LinePrinter();
});
afterEach(async () => {
  await plane.close();
  runner.remove();
});

// The stand-in plane listens inside this very test process, so that one check is about it.
const examine = (json = false, platform = process.platform) => {
  const args = {
    command: 'doctor' as const,
    json,
    cluster: null,
    enrollment: 'enr_1',
    planeKey: null,
    stateDir: runner.stateDir,
  };
  return doctor(args, {
    clock: systemClock,
    printer,
    surroundings: { ...runner.surroundings, platform },
    probe: async () => runner.capabilities,
  });
};
interface Report {
  summary: string;
  checks: { id: string; passed: boolean; applicable: boolean; fix: string | null }[];
}
const jsonReport = () => JSON.parse(printer.lines.at(-1) ?? '') as Report;

describe('the doctor', () => {
  test('tells each check in its order and reports all to the plane', async () => {
    await examine();
    const names = printer.lines.slice(0, 15).map((line) => line.slice(8, line.indexOf(':')));
    expect(names).toEqual([
      'Node',
      'Clock',
      'Plane reachable',
      'Plane key pinned',
      'Session',
      'State folder',
      'Disk',
      'Shell and PATH',
      'git',
      'Confinement (tried)',
      'Container engine (tried)',
      'Cluster (tried)',
      'No listening socket',
      'Posture',
      'Class',
    ]);
    const body = plane.calls('POST', /doctor$/)[0]?.json as { checks: Record<string, unknown>[] };
    expect(body.checks).toHaveLength(14);
    expect(Object.keys(body.checks[0] ?? {})).toEqual(['id', 'required', 'passed', 'detail']);
    expect(printer.lines.at(-1)).toBe('The plane says: source online, compute class cpu-small.');
  });

  test('gives the same as one line of JSON', async () => {
    await examine(true);
    expect(printer.lines).toHaveLength(1);
    expect(jsonReport().checks).toHaveLength(15);
  });

  test('tells what to do of each check that failed, and of none that does not apply', async () => {
    await plane.close();
    await examine(true, 'win32');
    await plane.listen();
    const { checks } = jsonReport();
    expect(checks.filter(({ passed }) => !passed).length).toBeGreaterThan(2);
    expect(checks.filter(({ passed, fix }) => !passed && !fix)).toEqual([]);
    expect(checks.filter(({ applicable }) => !applicable).map(({ id }) => id)).toEqual([
      'container_engine',
      'cluster',
      'no_listening_socket',
    ]);
  });

  test('ends 1 when a required check failed, with the mend', async () => {
    chmodSync(join(runner.stateDir, 'runner.json'), 0o644);
    expect(await examine(true)).toBe(1);
    expect(jsonReport().checks.find(({ id }) => id === 'state_folder')).toMatchObject({ passed: false });
    expect(plane.calls('POST', /doctor$/)).toHaveLength(0);
  });

  test('ends 76 before a false plane and sends it nothing secret', async () => {
    plane.seen.length = 0;
    Object.assign(plane, { key: new FakePlane().key });
    expect(await examine()).toBe(76);
    expect(
      plane.seen.every(({ path, headers }) => path.endsWith('/hello') && headers.authorization === undefined),
    ).toBe(true);
  });

  test('says so when the plane does not answer, and checks the rest', async () => {
    await plane.close();
    expect(await examine()).toBe(1);
    expect(printer.all).toContain('FAILED  Plane reachable: No answer from the plane (ECONNREFUSED).');
    expect(printer.all).toContain('passed  State folder');
    await plane.listen();
  });
});

describe('its last line', () => {
  const finding = (name: string, required: boolean, passed: boolean) => ({
    id: name,
    name,
    category: 'source' as const,
    required,
    applicable: true,
    passed,
    detail: '',
    fix: null,
  });

  test('counts, and names what keeps the source from getting jobs', () => {
    expect(summaryOf([finding('A', true, true), finding('B', false, false)])).toBe('Doctor: 1 of 2 passed.');
    expect(summaryOf([finding('Disk', true, false), finding('B', true, true)])).toBe(
      'Doctor: 1 of 2 passed. Disk is required and failed. This source gets no jobs until it passes.',
    );
    expect(summaryOf([finding('Disk', true, false), finding('Node', true, false)])).toContain(
      'Disk, Node are required and failed.',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { forbiddenSkips, readPlaywrightReport, readVitestReport, summaryLine } from '../helpers/suite-report.mjs';

describe('the report of vitest', () => {
  const tests = (...states: string[]) =>
    states.map((status) => ({
      status,
      fullName: `a ${status} test`,
      failureMessages: status === 'failed' ? ['\u001b[31mexpected 1\u001b[39m\n\n  to be 2'] : [],
    }));

  it('is counted test by test', () => {
    const json = {
      testResults: [
        { name: 'a.test.ts', status: 'failed', assertionResults: tests('passed', 'failed', 'pending', 'skipped') },
      ],
    };
    expect(readVitestReport(json)).toEqual({
      passed: 1,
      failures: ['a.test.ts: a failed test\n    expected 1\n      to be 2'],
      skips: ['a.test.ts: a pending test', 'a.test.ts: a skipped test'],
    });
  });

  it('counts a file that could not be loaded', () => {
    const message = 'Cannot find module';
    const json = { testResults: [{ name: 'a.test.ts', status: 'failed', message, assertionResults: [] }] };
    expect(readVitestReport(json).failures).toEqual(['a.test.ts\n    Cannot find module']);
    const torn = { testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults: tests('passed') }] };
    expect(readVitestReport(torn)).toMatchObject({ passed: 1, failures: ['a.test.ts'] });
  });
});

describe('the report of Playwright', () => {
  const spec = (title: string, status: string, annotations: object[] = []) => ({
    title,
    tests: [
      { status, annotations, results: [{ errors: status === 'unexpected' ? [{ message: 'no such button' }] : [] }] },
    ],
  });

  it('is counted through all levels, and a flaky test is a failure', () => {
    const json = {
      errors: [],
      suites: [
        {
          title: 'a.spec.ts',
          specs: [spec('one', 'expected')],
          suites: [{ title: 'inner', specs: [spec('two', 'flaky')] }],
        },
        {
          title: 'b.spec.ts',
          specs: [
            spec('three', 'unexpected'),
            spec('four', 'skipped', [{ type: 'skip', description: 'needs Electron' }]),
          ],
        },
      ],
    };
    expect(readPlaywrightReport(json)).toEqual({
      passed: 1,
      failures: ['a.spec.ts › inner › two: flaky', 'b.spec.ts › three: unexpected\n    no such button'],
      skips: ['b.spec.ts › four (needs Electron)'],
    });
  });

  it('counts an error outside of any test', () => {
    expect(readPlaywrightReport({ errors: [{ message: 'no config' }], suites: [] }).failures).toEqual([
      'outside of any test\n    no config',
    ]);
  });
});

it('allows only skips of what no command can install', () => {
  const allowed = ['a › b (needs Electron)', 'kills the tree (only on Windows)', 'x (only on macOS, tried there)'];
  const refused = ['a › b', 'runs in podman (needs podman)', 'needs Electron'];
  expect(forbiddenSkips([...allowed, ...refused])).toEqual(refused);
});

it('closes with one line over all suites', () => {
  const reports = [
    { passed: 2, failures: [], skips: ['a'] },
    { passed: 40, failures: ['b'], skips: [] },
  ];
  expect(summaryLine(reports)).toBe('42 passed, 1 failed, 1 skipped');
});

import { stripVTControlCharacters } from 'node:util';

/**
 * What one suite came to. `failures` are names, each with the beginning of what was said; `skips` are names with the
 * reason where one was given.
 * @typedef {{ passed: number, failures: string[], skips: string[] }} SuiteReport
 */

/** @param {unknown} value @returns {Record<string, unknown>} */
const record = (value) =>
  typeof value === 'object' && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};
/** @param {unknown} value @returns {unknown[]} */
const list = (value) => (Array.isArray(value) ? value : []);

/** The beginning of a message is enough to know what went wrong; the whole of it stands above. */
const MESSAGE_LINES = 12;
/** @param {string} name @param {unknown} message */
const failure = (name, message) => {
  const lines = stripVTControlCharacters(String(message ?? ''))
    .split('\n')
    .filter((line) => line.trim() !== '');
  return [name, ...lines.slice(0, MESSAGE_LINES)].join('\n    ');
};

/**
 * Reads vitest's JSON report. A file that could not be loaded holds no test; it counts as one failure.
 * @param {unknown} json
 * @returns {SuiteReport}
 */
export const readVitestReport = (json) => {
  /** @type {SuiteReport} */
  const report = { passed: 0, failures: [], skips: [] };
  for (const file of list(record(json).testResults).map(record)) {
    const tests = list(file.assertionResults).map(record);
    const failuresBefore = report.failures.length;
    for (const test of tests) {
      const name = `${file.name}: ${test.fullName}`;
      if (test.status === 'passed') report.passed++;
      else if (test.status === 'failed') report.failures.push(failure(name, list(test.failureMessages)[0]));
      else report.skips.push(name);
    }
    if (file.status === 'failed' && report.failures.length === failuresBefore)
      report.failures.push(failure(String(file.name), file.message));
  }
  return report;
};

/** @param {Record<string, unknown>} suite @param {string[]} trail @returns {{ name: string, test: Record<string, unknown> }[]} */
const playwrightTests = (suite, trail) => {
  const here = [...trail, String(suite.title ?? '')];
  const own = list(suite.specs)
    .map(record)
    .flatMap((spec) =>
      list(spec.tests).map((test) => ({ name: [...here, String(spec.title)].join(' › '), test: record(test) })),
    );
  return [...own, ...list(suite.suites).flatMap((inner) => playwrightTests(record(inner), here))];
};

/** What the last try of a test said. @param {Record<string, unknown>} test */
const messageOf = (test) => record(list(record(list(test.results).at(-1)).errors)[0]).message;

/**
 * Reads Playwright's JSON report. A test that passed only when repeated is a failure: nothing is allowed to be flaky.
 * @param {unknown} json
 * @returns {SuiteReport}
 */
export const readPlaywrightReport = (json) => {
  const tests = list(record(json).suites).flatMap((suite) => playwrightTests(record(suite), []));
  /** @type {SuiteReport} */
  const report = { passed: 0, failures: [], skips: [] };
  for (const error of list(record(json).errors))
    report.failures.push(failure('outside of any test', record(error).message));
  for (const { name, test } of tests) {
    if (test.status === 'expected') report.passed++;
    else if (test.status === 'skipped') {
      const reason = list(test.annotations)
        .map(record)
        .find((note) => note.type === 'skip')?.description;
      report.skips.push(reason === undefined ? name : `${name} (${reason})`);
    } else report.failures.push(failure(`${name}: ${test.status}`, messageOf(test)));
  }
  return report;
};

/** What no command can install here: another system, a network, or Electron's binary. The name or the reason of a skip says so. */
const NOT_INSTALLABLE = /\((only on (Windows|macOS|a machine in a network)|needs Electron)\b/;

/**
 * Skips that are a failure where everything installable is meant to be there.
 * @param {readonly string[]} skips
 */
export const forbiddenSkips = (skips) => skips.filter((name) => !NOT_INSTALLABLE.test(name));

/**
 * The closing line over all suites.
 * @param {readonly SuiteReport[]} reports
 */
export const summaryLine = (reports) => {
  const sum = (/** @type {(report: SuiteReport) => number} */ of) =>
    reports.reduce((total, report) => total + of(report), 0);
  return `${sum((r) => r.passed)} passed, ${sum((r) => r.failures.length)} failed, ${sum((r) => r.skips.length)} skipped`;
};

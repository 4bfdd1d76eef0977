#!/usr/bin/env node
/**
 * `npm test`: everything that a release needs. Types, lint, unit, property, integration, simulation, security and
 * architecture tests in vitest, then the end-to-end suite in Chromium. Goes on after a failure, so that one run shows
 * all of them. The last line counts over all suites. With CI=true a skip of anything that can be installed fails.
 * Exit codes: 0 all passed, 1 something failed.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM_MISSING, ensureChromium } from './chromium.mjs';
import { run, say } from './suite-process.mjs';
import { forbiddenSkips, readPlaywrightReport, readVitestReport, summaryLine } from './suite-report.mjs';

/** @typedef {import('./suite-report.mjs').SuiteReport} SuiteReport */

const PROJECT_DIR = join(import.meta.dirname, '../..');
const REPORT_DIR = join(PROJECT_DIR, 'out', '.test-reports');
const IS_CI = process.env.CI === 'true';

/**
 * A command without a report of its own counts as one test.
 * @param {string} title @param {string[]} command @param {{ isAside?: boolean }} [options]
 */
const check = async (title, command, options) => asReport(title, await run(title, command, options));

/** @param {string} title @param {boolean} hasPassed @returns {SuiteReport} */
const asReport = (title, hasPassed) => ({ passed: hasPassed ? 1 : 0, failures: hasPassed ? [] : [title], skips: [] });

/**
 * A suite with a JSON report. One that failed without a failed test (it crashed, or wrote no report) is one failure.
 * @param {string} title
 * @param {boolean} hasPassed
 * @param {string} file
 * @param {(json: unknown) => SuiteReport} read
 */
const withReport = (title, hasPassed, file, read) => {
  /** @type {SuiteReport} */
  let report = { passed: 0, failures: [], skips: [] };
  try {
    report = read(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const { message } = /** @type {Error} */ (cause);
    return { ...report, failures: [`${title}: no report could be read: ${message}`] };
  }
  const hasUnnamedFailure = !hasPassed && report.failures.length === 0;
  return hasUnnamedFailure ? { ...report, failures: [`${title}: ended with an error outside of its tests`] } : report;
};

/** @param {string} title @param {string[]} which arguments that choose the files @param {{ isAside?: boolean }} [options] */
const runVitest = async (title, which, options) => {
  const file = join(REPORT_DIR, `${title}.json`);
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, '--allowOnly=false'];
  return withReport(title, await run(title, ['vitest', ...args, ...which], options), file, readVitestReport);
};

const runEndToEnd = async () => {
  const executable = ensureChromium();
  if (executable === null) {
    say(`\n── browser\n${CHROMIUM_MISSING}`);
    return asReport(CHROMIUM_MISSING, false);
  }
  const file = join(REPORT_DIR, 'playwright.json');
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file, CHROMIUM_PATH: executable };
  const hasPassed = await run(
    'browser',
    ['playwright', 'test', '--reporter=list,json', '--forbid-only', '--trace=off'],
    { env },
  );
  return withReport('browser', hasPassed, file, readPlaywrightReport);
};

/** Whole planes and runners that are killed again and again, and held to how soon they are back. */
const CRASH = 'test/crash';
/** It uses every core by itself. */
const SIMULATION = 'test/simulation/simulation.test.ts';

/** Whole processes, which wait much: one suite after the other, and what is aside takes the time that they leave. */
const runProcesses = async () => {
  const whole = await runVitest('whole', ['--project', 'whole', '--exclude', `${CRASH}/**`]);
  const browser = await runEndToEnd();
  return [whole, browser, await runVitest('crash', [CRASH])];
};

/** One process, no other clock than their own: only their own time is longer when others are busy. */
const runAside = async () => {
  const isAside = true;
  const checks = await Promise.all([
    check('types', ['tsc', '--noEmit', '-p', '.'], { isAside }),
    check('lint', ['biome', 'check', '--error-on-warnings', '.'], { isAside }),
  ]);
  const source = await runVitest('source', ['--project', 'source', '--maxWorkers', '2'], { isAside });
  const simulated = ['--project', 'simulated', '--maxWorkers', '2', '--exclude', SIMULATION];
  const seeds = runVitest('seeds', [SIMULATION], { isAside });
  return [...checks, source, await runVitest('simulated', simulated, { isAside }), await seeds];
};

rmSync(REPORT_DIR, { recursive: true, force: true });
mkdirSync(REPORT_DIR, { recursive: true });
/** @type {SuiteReport[]} */
const reports = [
  await check('build', ['node', 'src-main/tooling/build.mjs', '--if-stale']),
  ...(await Promise.all([runProcesses(), runAside()])).flat(),
];
const skips = reports.flatMap((report) => report.skips);
const forbidden = IS_CI ? forbiddenSkips(skips) : [];
const failures = [...reports.flatMap((report) => report.failures), ...forbidden.map((name) => `Skipped: ${name}`)];
say('');
for (const name of skips) say(`Skipped${forbidden.includes(name) ? ', which is a failure here' : ''}: ${name}`);
// Told again at the end, where whoever reads only that finds them.
for (const text of failures) say(`Failed: ${text}`);
reports.push({ passed: 0, failures: forbidden, skips: [] });
say(summaryLine(reports));
process.exitCode = failures.length > 0 ? 1 : 0;

#!/usr/bin/env node
/**
 * `npm test`: everything that a release needs. Types, lint, unit, property, integration, simulation, security and
 * architecture tests in vitest, then the end-to-end suite in Chromium. Goes on after a failure, so that one run shows
 * all of them. The last line counts over all suites. With CI=true a skip of anything that can be installed fails.
 * Exit codes: 0 all passed, 1 something failed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM_MISSING, ensureChromium } from './chromium.mjs';
import { forbiddenSkips, readPlaywrightReport, readVitestReport, summaryLine } from './suite-report.mjs';

/** @typedef {import('./suite-report.mjs').SuiteReport} SuiteReport */

const PROJECT_DIR = join(import.meta.dirname, '../..');
const REPORT_DIR = join(PROJECT_DIR, 'out', '.test-reports');
const IS_CI = process.env.CI === 'true';

const say = (/** @type {string} */ line) => void process.stdout.write(`${line}\n`);

/** @param {string} program one of node_modules/.bin, or `node` */
const programOf = (program) => ({
  file: program === 'node' ? process.execPath : join(PROJECT_DIR, 'node_modules', '.bin', program),
  shell: process.platform === 'win32' && program !== 'node',
});

/**
 * Runs a command with our terminal.
 * @param {string} title
 * @param {string[]} command program and its arguments
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {boolean} true when it ended with 0
 */
const run = (title, [program = '', ...args], env = {}) => {
  say(`\n── ${title}`);
  const { file, shell } = programOf(program);
  const options = { cwd: PROJECT_DIR, shell, env: { ...process.env, ...env } };
  return spawnSync(file, args, { ...options, stdio: 'inherit' }).status === 0;
};

/**
 * Runs a command beside others; what it says is told when it has ended.
 * @param {string} title
 * @param {string[]} command program and its arguments
 * @returns {Promise<SuiteReport>} a check without a report of its own counts as one test
 */
const checkBeside = (title, [program = '', ...args]) => {
  const { file, shell } = programOf(program);
  const child = spawn(file, args, { cwd: PROJECT_DIR, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (told += text));
  return new Promise((resolve) => {
    child.once('error', (cause) => (told += `${cause.message}\n`));
    child.once('close', (code) => {
      say(`\n── ${title}\n${told}`);
      resolve(asReport(title, code === 0));
    });
  });
};

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

/** @param {string} title @param {string} name of its report @param {string[]} which arguments that choose the files */
const runVitest = (title, name, which) => {
  const file = join(REPORT_DIR, `${name}.json`);
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, '--allowOnly=false'];
  return withReport(title, run(title, ['vitest', ...args, ...which]), file, readVitestReport);
};
/** Whole planes and runners that are killed again and again, and held to how soon they are back: nothing else beside them. */
const CRASH = 'test/crash';
/** It uses every core by itself. */
const SIMULATION = 'test/simulation/simulation.test.ts';

const runEndToEnd = () => {
  const executable = ensureChromium();
  if (executable === null) {
    say(`\n── end-to-end tests\n${CHROMIUM_MISSING}`);
    return asReport(CHROMIUM_MISSING, false);
  }
  const file = join(REPORT_DIR, 'playwright.json');
  const title = 'end-to-end tests';
  const hasPassed = run(title, ['playwright', 'test', '--reporter=list,json', '--forbid-only'], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    CHROMIUM_PATH: executable,
  });
  return withReport(title, hasPassed, file, readPlaywrightReport);
};

rmSync(REPORT_DIR, { recursive: true, force: true });
mkdirSync(REPORT_DIR, { recursive: true });
// The three use a core each, and need nothing of each other.
const checks = await Promise.all([
  checkBeside('build', ['node', 'src-main/tooling/build.mjs', '--if-stale']),
  checkBeside('types', ['tsc', '--noEmit', '-p', '.']),
  checkBeside('lint', ['biome', 'check', '--error-on-warnings', '.']),
]);
/** @type {SuiteReport[]} */
const reports = [
  ...checks,
  runVitest('unit, property and integration tests', 'vitest', [
    ...[`${CRASH}/**`, SIMULATION].flatMap((path) => ['--exclude', path]),
  ]),
  runVitest('crash tests', 'crash', [CRASH]),
  runVitest('simulation', 'simulation', [SIMULATION]),
  runEndToEnd(),
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

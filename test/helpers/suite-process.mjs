import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROJECT_DIR = join(import.meta.dirname, '../..');
/** Of what waits for nobody: it takes the time that others leave, and a tenth of a core where they leave none. */
const ASIDE = 10;

/** @param {string} line */
export const say = (line) => void process.stdout.write(`${line}\n`);

/**
 * Runs a command beside others. What it says comes line by line, each behind its name.
 * @param {string} name
 * @param {string[]} command one of node_modules/.bin or `node`, and its arguments
 * @param {{ isAside?: boolean, env?: NodeJS.ProcessEnv }} [options] `isAside`: gives way to all that is not aside
 * @returns {Promise<boolean>} true when it ended with 0
 */
export const run = (name, [program = '', ...args], { isAside = false, env = {} } = {}) => {
  const isNode = program === 'node';
  const child = spawn(isNode ? process.execPath : join(PROJECT_DIR, 'node_modules', '.bin', program), args, {
    cwd: PROJECT_DIR,
    shell: process.platform === 'win32' && !isNode,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Before it starts processes of its own, which inherit it.
  if (isAside && child.pid !== undefined) setPriority(child.pid, ASIDE);
  const startedMs = performance.now();
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => say(`${name.padEnd(10)} ${line}`.trimEnd()));
  return new Promise((resolve) => {
    child.once('error', (cause) => say(`${name.padEnd(10)} ${cause.message}`));
    child.once('close', (code) => {
      say(
        `── ${name}: ${code === 0 ? 'passed' : 'FAILED'} after ${Math.round((performance.now() - startedMs) / 1_000)} s`,
      );
      resolve(code === 0);
    });
  });
};

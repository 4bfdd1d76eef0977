import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIST_LIMIT_MAX } from '../contract/limits.ts';
import type { Pool } from '../contract/pool.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import type { PlaneClient } from './plane-client.ts';
import type { Printer } from './printer.ts';

/** The pool that is meant when none is named. */
export const DEFAULT_POOL = 'lumenflow_managed';
/** `out/cli.mjs` and the runner's module lie beside each other. */
const BOOTSTRAP = fileURLToPath(new URL('./runner/bootstrap.mjs', import.meta.url));

export interface LocalPoolOptions {
  name: string;
  runners: number;
  /** Slots of each runner. */
  runnerCapacity: number;
  isJson: boolean;
}

export async function findPoolNamed(client: PlaneClient, name: string): Promise<Pool | null> {
  const found = await client.call('pools', { query: { limit: String(LIST_LIMIT_MAX) } });
  return found.items.find((p) => p.name === name && !p.revoked) ?? null;
}

/**
 * Real runner processes of a pool on this machine, for demos: registers the pool if need be, makes a fresh token, hands it
 * to each runner over standard input, and runs them until it is interrupted. Then they drain, the token is revoked with
 * its sessions, and their state directories are removed.
 */
export async function localPool(client: PlaneClient, printer: Printer, options: LocalPoolOptions): Promise<number> {
  if (!existsSync(BOOTSTRAP)) throw new ExitError(EXIT.unavailable, 'The runner was not built. Run: npm run build');
  const stopped = interrupted();
  const pool = await poolFor(client, options);
  const params = { pool_id: pool.pool_id };
  const made = await client.call('poolTokenCreate', { params, body: {} });
  const folder = mkdtempSync(join(tmpdir(), 'connected-compute-pool-'));
  const running: ChildProcess[] = [];
  try {
    const connect = connectFlags(made.commands.bash.connect);
    for (let at = 0; at < options.runners && !stopped.isSet; at++) {
      const state = ['--state-dir', join(folder, `runner-${at + 1}`)];
      await connected(['connect', ...connect, ...state], made.token, at + 1);
      running.push(start(state, join(folder, `work-${at + 1}`), options, at + 1, printer));
    }
    if (options.isJson)
      printer.json({ event: 'ready', ...params, name: pool.name, runners: running.map((r) => r.pid) });
    else
      printer.line(
        `${running.length} runners of ${pool.name} are running (${pool.pool_id}). Press Ctrl-C to stop them.`,
      );
    await Promise.race([stopped.promise, Promise.all(running.map(ended))]);
    return stopped.isSet ? EXIT.ok : EXIT.failed;
  } finally {
    if (!options.isJson) printer.line('Stopping the runners; what runs is finished or given back.');
    for (const child of running) child.kill('SIGTERM');
    await Promise.all(running.map(ended));
    await client
      .call('poolTokenRevoke', {
        params: { ...params, token_id: made.token_id },
        body: { end_sessions: true, reason: 'the local pool was stopped' },
      })
      .catch((error: unknown) =>
        printer.note(`The token ${made.token_id} was not revoked: ${(error as Error).message}`),
      );
    rmSync(folder, { recursive: true, force: true });
  }
}

async function poolFor(client: PlaneClient, { name, runners, runnerCapacity }: LocalPoolOptions): Promise<Pool> {
  const known = await findPoolNamed(client, name);
  if (known !== null) return known;
  return client.call('poolCreate', { body: { name, capacity: Math.min(1_000, runners * runnerCapacity) } });
}

/** The printed command names the address, the pool and the plane key; the flags are the same here. */
function connectFlags(command: string): string[] {
  const flags = command.slice(command.indexOf('connect --url')).trim().split(/\s+/);
  return flags.slice(1);
}

/** Runs one connect to its end; the token goes over standard input, never over the command line. */
function connected(args: string[], token: string, number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BOOTSTRAP, ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${token}\n`);
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(new ExitError(EXIT.failed, `Runner ${number} did not connect (exit ${code}). ${said.trim()}`)),
    );
  });
}

function start(
  state: string[],
  workDir: string,
  options: LocalPoolOptions,
  number: number,
  printer: Printer,
): ChildProcess {
  const args = ['run', ...state, '--work-dir', workDir, '--capacity', String(options.runnerCapacity)];
  // A group of its own: Ctrl-C reaches this command alone, which then lets its runners drain.
  const child = spawn(process.execPath, [BOOTSTRAP, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const say = (chunk: Buffer): void => {
    for (const line of chunk.toString('utf8').split('\n')) if (line !== '') printer.note(`runner ${number}: ${line}`);
  };
  child.stdout?.on('data', say);
  child.stderr?.on('data', say);
  return child;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('close', () => resolve());
  });

function interrupted(): { promise: Promise<void>; readonly isSet: boolean } {
  let isSet = false;
  const promise = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const)
      process.once(name, () => {
        isSet = true;
        resolve();
      });
  });
  return {
    promise,
    get isSet() {
      return isSet;
    },
  };
}

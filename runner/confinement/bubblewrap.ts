import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import { firstWord } from '../first-word.ts';
import { keptStream } from '../kept-stream.ts';
import { rootMark } from '../work-dir.ts';
import { FD, type Sandbox, sandboxArgs } from './bubblewrap-args.ts';

/** A confined program whose boundary stands; it starts with `go`. */
export interface SandboxedProcess {
  child: ChildProcess;
  stdout: Readable;
  stderr: Readable;
  /** Of bubblewrap, and of the namespace's first process, both as seen from outside. */
  outerPid: number;
  initPid: number;
  /** Lets the program start: call it once all that ends it with its runner knows of it. */
  go: () => void;
}

/** The program that the job names is not inside. */
export class ProgramNotFound extends Error {}

/** Standard input, output and error; the launcher's word, bubblewrap's options and its news. */
type Pipes = [null, Readable, Readable, Duplex, Writable, Readable];

const STDERR_SHOWN = 300;

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const bytes of stream) text += bytes;
  return text;
}

/**
 * Starts a program in namespaces of its own. Its environment travels on a descriptor: no value stands on a command line,
 * and nothing that a job declares reaches a program outside, bubblewrap included. The program waits for `go`. Throws when
 * bubblewrap cannot do it, or ProgramNotFound; then nothing is left running.
 */
export async function startSandbox(sandbox: Sandbox): Promise<SandboxedProcess> {
  const { options, command } = sandboxArgs(sandbox);
  const marks = [...sandbox.marks, rootMark(dirname(sandbox.dir.path))];
  const child = spawn('bwrap', ['--info-fd', String(FD.info), '--args', String(FD.args), '--', ...command], {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...Object.fromEntries(marks.map(splitMark)) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [, out, err, launcher, argsPipe, infoPipe] = child.stdio as unknown as Pipes;
  const [stdout, stderr] = [keptStream(out), keptStream(err)];
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', () => reject(new Error('Confinement needs bubblewrap, and bwrap was not found.')));
  });
  try {
    // Before it has its arguments it forks nothing.
    sandbox.group?.join(child.pid as number);
  } catch {
    child.kill('SIGKILL');
    throw new Error('The ceilings on memory and processes could not be set, so the job was not started.');
  }
  argsPipe.on('error', () => undefined);
  launcher.on('error', () => undefined);
  argsPipe.end(options.map((word) => `${word}\0`).join(''));
  const [word, info] = await Promise.all([firstWord(launcher), textOf(infoPipe)]);
  if (word === 'S') {
    const initPid = Number((JSON.parse(info) as { 'child-pid': number })['child-pid']);
    const go = () => void launcher.end('go\n', () => launcher.destroy());
    return { child, stdout, stderr, outerPid: child.pid as number, initPid, go };
  }
  launcher.destroy();
  child.kill('SIGKILL');
  if (word === 'N') throw new ProgramNotFound(`The program ${programOf(sandbox)} was not found on this source.`);
  if (word === 'R') throw new Error('The way to the granted hosts could not be opened inside the confinement.');
  const said = (await textOf(stderr)).trim().slice(0, STDERR_SHOWN);
  throw new Error(`The confinement could not be made: ${said || 'bubblewrap ended without a word'}.`);
}

/** `NAME=value` as a pair. */
const splitMark = (mark: string): [string, string] => {
  const at = mark.indexOf('=');
  return [mark.slice(0, at), mark.slice(at + 1)];
};
const programOf = ({ argv }: Sandbox): string => argv[0] ?? '';

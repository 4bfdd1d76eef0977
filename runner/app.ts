import type { Readable, Writable } from 'node:stream';
import { parseArgs } from './args.ts';
import { systemClock } from './clock.ts';
import { probeCapabilities } from './confinement/probe.ts';
import { connect } from './connect.ts';
import { keptEngine } from './containers/kept-engine.ts';
import { probeContainers } from './containers/probe-containers.ts';
import { readCredential } from './credential-input.ts';
import { doctor } from './doctor/doctor.ts';
import { messageOf, PlaneProblem, PlaneUnreachable, RunnerError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { HELP } from './help.ts';
import type { TerminalInput } from './hidden-prompt.ts';
import { stateDirOf } from './identity.ts';
import { systemChance } from './ids.ts';
import { findCluster } from './kubernetes/kept-cluster.ts';
import type { Printer } from './printer.ts';
import { run } from './run.ts';
import { secret } from './secret-command.ts';
import { service } from './service-unit.ts';
import { upgrade } from './upgrade.ts';
import { ownSurroundings } from './user-folders.ts';
import { RUNNER_VERSION } from './version.ts';

const STOP_SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** What the program is given by its surroundings. */
export interface AppInput {
  argv: readonly string[];
  printer: Printer;
  stdin: Readable;
  stderr: Writable;
  /** The bytes of this program. */
  program: () => Buffer;
}

function onStopSignal(stop: () => void): () => void {
  for (const name of STOP_SIGNALS) process.on(name, stop);
  return () => {
    for (const name of STOP_SIGNALS) process.off(name, stop);
  };
}

/** The one place where errors become an exit code and a line. */
function exitCodeOf(error: unknown, printer: Printer): ExitCode {
  if (error instanceof RunnerError) {
    printer.warn(error.message);
    return error.exitCode;
  }
  if (error instanceof PlaneUnreachable) {
    printer.warn(`${error.message} Nothing was changed; try again when it runs.`);
    return EXIT.unavailable;
  }
  if (error instanceof PlaneProblem) {
    printer.warn(`The plane answered ${error.code}. ${error.detail}`);
    return EXIT.unavailable;
  }
  printer.warn(`This runner met an error of its own: ${messageOf(error)}`);
  return EXIT.internal;
}

async function dispatch({ argv, printer, stdin, stderr, program }: AppInput): Promise<ExitCode> {
  const args = parseArgs(argv);
  const surroundings = ownSurroundings();
  const probe = (isFresh = false) => {
    if (!('stateDir' in args)) return probeCapabilities(surroundings, systemClock);
    const { enginePath, clusterPath } = stateDirOf(args, surroundings);
    const { env } = surroundings;
    const kept = keptEngine(enginePath, systemClock, env);
    const findEngine = () => kept.find(() => probeContainers(surroundings.platform), isFresh);
    const settings = 'cluster' in args ? args.cluster : null;
    const find = settings === null ? null : () => findCluster(settings, env, systemClock, clusterPath, isFresh);
    return probeCapabilities(surroundings, systemClock, findEngine, find);
  };
  const common = { clock: systemClock, chance: systemChance, printer, surroundings, probe };
  if (args.command === 'help') printer.say(HELP);
  else if (args.command === 'version') printer.say(RUNNER_VERSION);
  else if (args.command === 'doctor') return doctor(args, common);
  else if (args.command === 'run') return run(args, { ...common, env: process.env, onStopSignal });
  else if (args.command === 'secret') {
    return secret(args, { ...common, input: stdin as TerminalInput, output: stderr });
  } else if (args.command === 'service') return service(args, common);
  else if (args.command === 'upgrade') return upgrade(args, common);
  else {
    const sources = {
      file: args.credentialFile,
      env: process.env,
      input: stdin as TerminalInput,
      output: stderr,
      printer,
    };
    return connect(args, { ...common, program, readCredential: () => readCredential(sources) });
  }
  return EXIT.ok;
}

/** Runs one command and returns its exit code; nothing is thrown. */
export async function app(input: AppInput): Promise<ExitCode> {
  return dispatch(input).catch((error: unknown) => exitCodeOf(error, input.printer));
}

import { admission } from './admission.ts';
import { approval } from './approval.ts';
import { budget } from './budget.ts';
import { consoleCommand } from './console.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { evidence } from './evidence.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { HELP } from './help.ts';
import { job } from './job.ts';
import { key } from './key.ts';
import { policy } from './policy.ts';
import { pool } from './pool.ts';
import type { Printer } from './printer.ts';
import { recover } from './recover.ts';
import { replay } from './replay.ts';
import { serve } from './serve.ts';
import { source } from './source.ts';
import { usage, wallet } from './usage.ts';
import { VERSION } from './version.ts';
import { workspace } from './workspace.ts';

type Command = (args: string[], printer: Printer) => Promise<number>;
const COMMANDS: Readonly<Record<string, Command>> = {
  serve,
  job,
  source,
  budget,
  usage,
  wallet,
  pool,
  approval,
  admission,
  policy,
  doctor,
  recover,
  key,
  demo,
  evidence,
  replay,
  console: consoleCommand,
  workspace,
};

/** Runs one command line and resolves with its exit code. */
export async function runCommand(argv: string[], printer: Printer): Promise<number> {
  const [name, ...args] = argv;
  if (name === '--version') {
    printer.line(VERSION);
    return EXIT.ok;
  }
  if (name === undefined || name === '--help' || name === 'help' || args.includes('--help')) {
    printer.line(HELP);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const command = COMMANDS[name];
  try {
    if (command === undefined)
      throw new ExitError(EXIT.usage, `There is no command ${name}. See connected-compute --help.`);
    return await command(args, printer);
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    printer.note(error.message);
    return error.code;
  }
}

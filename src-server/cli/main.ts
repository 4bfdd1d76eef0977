import { consoleCommand } from './console.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { HELP } from './help.ts';
import { job } from './job.ts';
import { type Printer, terminalPrinter } from './printer.ts';
import { serve } from './serve.ts';
import { source } from './source.ts';
import { VERSION } from './version.ts';

type Command = (args: string[], printer: Printer) => Promise<number>;
const COMMANDS: Readonly<Record<string, Command>> = {
  serve,
  job,
  source,
  doctor,
  demo,
  console: consoleCommand,
};

/** Runs one command line and resolves with its exit code. */
export async function main(argv: string[], printer: Printer): Promise<number> {
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

// A reader that goes away (a pager, `head`) is no fault.
process.stdout.on('error', () => process.exit(EXIT.ok));
main(process.argv.slice(2), terminalPrinter).then(
  (code) => {
    process.exitCode = code;
    // Keep-alive connections of this process would hold it open for seconds.
    exitWhenWritten(code);
  },
  (error: unknown) => {
    terminalPrinter.note(
      `connected-compute: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    process.exit(70);
  },
);

/** Ends once stdout has taken everything: a pipe may still be draining. */
function exitWhenWritten(code: number): void {
  if (process.stdout.writableLength === 0) process.exit(code);
  process.stdout.once('drain', () => process.exit(code));
}
